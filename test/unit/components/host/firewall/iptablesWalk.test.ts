import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { iptablesWalk } from "../../../../../components/host/firewall/iptablesWalk.ts";
import { temporaryDirectories } from "../../../temporaryDirectories.ts";

const builtin = ["-P INPUT ACCEPT", "-P PREROUTING ACCEPT"];
const oracle = [
  "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
  "-A INPUT -p icmp -j ACCEPT",
  "-A INPUT -i lo -j ACCEPT",
  "-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT",
  "-A INPUT -j REJECT --reject-with icmp-host-prohibited",
];
const docker = [
  "-N DOCKER",
  "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
  "-A DOCKER -i docker0 -j RETURN",
  "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80",
];
const portmap = [
  ...["-N CNI-HOSTPORT-DNAT", "-N CNI-DN-2f"],
  "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
  '-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"cbr0\\" id: \\"2f\\"" -m multiport --dports 8080,443 -j CNI-DN-2f',
  "-A CNI-DN-2f -s 10.42.0.0/24 -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK",
  "-A CNI-DN-2f -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.42.0.9:80",
];
const kubeProxy = [
  ...["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-SVC-A", "KUBE-SEP-A"].map((chain) => `-N ${chain}`),
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.43.0.10/32 -p tcp -m comment --comment "kube-system/kube-dns:dns" -m tcp --dport 8080 -j KUBE-SVC-A',
  "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
  "-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-A",
  "-A KUBE-SVC-A -m statistic --mode random --probability 0.5 -j KUBE-SEP-A",
  "-A KUBE-SVC-A -j KUBE-SEP-A",
  "-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.42.0.9:8080",
];

describe("a walk through iptables", () => {
  const newDirectory = temporaryDirectories();
  /** The walk for a connection to 100.64.0.2 over eth0, with rules that a fake iptables prints. */
  const fate = (chain: string, rules: string[], port = 443, { over = "eth0", client = "" } = {}) => {
    const directory = newDirectory();
    writeFileSync(join(directory, "rules"), [...builtin, ...rules].join("\n"));
    const fake = `#!/bin/sh\ncat ${directory}/rules\n`;
    writeFileSync(join(directory, "iptables-nft"), fake, { mode: 0o755 });
    const script = `PATH=${directory}:/usr/bin:/bin\n${iptablesWalk}\niptables_fate x ${chain} ${port} ${over} 100.64.0.2 ${client}`;
    const { stdout, stderr } = spawnSync("sh", ["-euc", script], { encoding: "utf8" });
    expect(stderr).to.equal("");
    return stdout.trim();
  };
  const input = (rules: string[], port?: number, more?: object) => fate("INPUT", rules, port, more);
  const nat = (rules: string[], port?: number, more?: object) => fate("PREROUTING", rules, port, more);

  it("finds another program's refusal before UFW", () => {
    const reject = "REJECT -A INPUT -j REJECT --reject-with icmp-host-prohibited";
    expect(input(oracle)).to.equal(reject);
    expect(input(oracle, 22)).to.equal("ACCEPT");
    expect(input([...oracle, "-A INPUT -j ufw-before-input"])).to.equal(reject);
    expect(input(["-A INPUT -j ufw-before-input", ...oracle])).to.equal("UFW");
    expect(input(["-A INPUT -i eth+ -p tcp -m multiport --dports 80,443 -j ACCEPT", ...oracle])).to.equal(
      "ACCEPT",
    );
    expect(input(["-A INPUT -i wg0 -j ACCEPT", ...oracle])).to.equal(reject);
    expect(input(["-A INPUT ! -i wg0 -p tcp --dport 400:500 -j ACCEPT", ...oracle])).to.equal("ACCEPT");
    expect(input(["-P INPUT DROP"])).to.equal("POLICY -P INPUT DROP");
    expect(input([])).to.equal("");
  });

  it("passes rules for other connections and for some clients only", () => {
    const rules = [
      ...["-N f2b-sshd", "-N f2b-all"],
      "-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd",
      "-A INPUT -p tcp -j f2b-all",
      "-A INPUT ! -i lo -s 127.0.0.0/8 -j DROP",
      "-A INPUT -p udp -j DROP",
      "-A INPUT -m state --state INVALID -j DROP",
      "-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m state --state NEW -j DROP",
      "-A INPUT -m recent --update --seconds 60 --hitcount 9 --name web --mask 255.255.255.255 --rsource -j DROP",
      "-A f2b-sshd -j REJECT",
      "-A f2b-all -s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable",
      "-A f2b-all -j RETURN",
    ];
    expect(input(rules)).to.equal("");
    expect(input(rules, 443, { client: "203.0.113.9" })).to.match(/^REJECT -A f2b-all/);
    expect(input(rules, 22)).to.equal("REJECT -A f2b-sshd -j REJECT");
  });

  it("gives no result if only the kernel can decide", () => {
    expect(input(["-A INPUT -m set --match-set web dst -j ACCEPT", ...oracle])).to.equal("UNKNOWN");
  });

  it("finds a redirected port, and recognizes Services by it", () => {
    expect(nat(docker, 8080)).to.match(/^DNAT -A DOCKER .*172\.17\.0\.2:80$/);
    expect(nat(docker, 8081)).to.equal("");
    expect(nat(docker, 8080, { over: "docker0" })).to.equal("");
    expect(nat(portmap, 8080)).to.match(/^DNAT -A CNI-DN-2f .*10\.42\.0\.9:80$/);
    expect(nat(portmap, 443)).to.equal("");
    expect(nat(kubeProxy, 8080)).to.equal("");
    expect(nat(kubeProxy, 30080)).to.match(/^DNAT -A KUBE-SEP-A/);
    expect(nat(["-A PREROUTING -p udp -m udp --dport 8080 -j REDIRECT --to-ports 53"], 8080)).to.equal("");
    expect(
      nat(["-A PREROUTING -d 192.0.2.7/32 -p tcp --dport 8080 -j DNAT --to-destination 1.2.3.4"], 8080),
    ).to.equal("");
  });
});
