import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nftWalk } from "../../../../../components/host/firewall/nftWalk.ts";
import { temporaryDirectories } from "../../../temporaryDirectories.ts";

const input = (rules: string, policy = "accept") => `table inet filter {
	set web {
		type inet_service
		elements = { 80, 443 }
	}

	chain input {
		type filter hook input priority filter; policy ${policy};
		${rules
      .trim()
      .split("\n")
      .map((line) => line.trim())
      .join("\n\t\t")}
	}

	chain others {
		tcp dport 443 accept
	}
}
`;
const prerouting = (rule: string) => `table inet cni_hostport {
	chain hostports {
		${rule}
	}

	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local jump hostports
	}
}
`;
const refused = (rule: string) => `refused inet filter input: ${rule}`;
const policy = refused("type filter hook input priority filter; policy drop;");

describe("a walk through nftables", () => {
  const newDirectory = temporaryDirectories();
  const fate = (ruleset: string, port = 443) => {
    const directory = newDirectory();
    writeFileSync(join(directory, "rules"), ruleset);
    writeFileSync(join(directory, "nft"), `#!/bin/sh\ncat ${directory}/rules\n`, { mode: 0o755 });
    const script = `PATH=${directory}:/usr/bin:/bin\n${nftWalk}\nnft_fate ${port} eth0 192.0.2.1`;
    const { stdout, stderr } = spawnSync("sh", ["-euc", script], { encoding: "utf8" });
    expect(stderr).to.equal("");
    return stdout.trim();
  };

  it("finds a drop, a final rejection and a policy", () => {
    const strict = `
      ct state vmap { invalid : drop, established : accept, related : accept }
      iif "lo" accept
      meta l4proto ipv6-icmp accept
      ip saddr 203.0.113.0/24 tcp dport 443 accept
      tcp dport { 22, 8000-8010 } accept`;
    expect(fate(input(strict, "drop"))).to.equal(policy);
    expect(fate(input(strict, "drop"), 22)).to.equal("");
    expect(fate(input(strict, "drop"), 8005)).to.equal("");
    const reject = "counter packets 0 bytes 0 reject with icmpx type admin-prohibited";
    expect(fate(input(`${strict}\n${reject}`))).to.equal(refused(reject));
    expect(fate(input('iifname != { "lo", "wg*" } tcp dport 443 drop'))).to.contain("drop");
    expect(fate(input('iifname { "lo", "wg*" } tcp dport 443 drop'))).to.equal("");
    expect(fate(input("tcp dport != 22 drop"))).to.contain("drop");
    expect(fate(input("udp dport 443 drop\nct state invalid drop\nip daddr 192.0.2.2 drop"))).to.equal("");
  });

  it("passes rules that accept, and those that only the kernel can decide", () => {
    expect(fate(input("tcp dport { 80, 443 } ct state new accept", "drop"))).to.equal("");
    expect(fate(input("jump others", "drop"))).to.equal("");
    expect(fate(input("tcp dport @web accept", "drop"))).to.equal("");
    expect(fate(input("ip saddr @friends accept\ntcp dport 443 limit rate 9/second drop"))).to.equal("");
  });

  it("skips iptables' chains and the program's own", () => {
    expect(fate(input("", "drop").replace("inet filter", "inet mynodeone_immich"))).to.equal("");
    expect(fate(input("", "drop").replace("inet filter", "ip6 filter"))).to.equal("");
  });

  it("finds a redirected port, and recognizes Services by it", () => {
    expect(fate(prerouting("tcp dport 443 dnat ip to 10.42.0.9:80"))).to.equal(
      "led inet cni_hostport hostports: tcp dport 443 dnat ip to 10.42.0.9:80",
    );
    expect(fate(prerouting("tcp dport 8443 dnat ip to 10.42.0.9:80"))).to.equal("");
    expect(fate(prerouting("udp dport 443 dnat ip to 10.42.0.9:80"))).to.equal("");
    expect(fate(prerouting("ip daddr 192.0.2.1 tcp dport 443 redirect to :8443"))).to.contain("redirect");
    expect(fate(prerouting("ip daddr 10.43.0.10 tcp dport 443 dnat to 10.42.0.9"))).to.equal("");
  });

  it("finds Services at the host's address and at node ports in kube-proxy's maps", () => {
    const kube = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.43.0.1 . tcp . 443 comment "default/kubernetes:https" : goto service-A,
			     192.0.2.1 . tcp . 8080 comment "x/y" : goto external-B }
	}
	map service-nodeports {
		type inet_proto . inet_service : verdict
		elements = { tcp . 30443 comment "a/b" : goto external-C }
	}
	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
		fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports
	}
	chain nat-prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump services
	}
}
`;
    expect(fate(kube)).to.equal("");
    expect(fate(kube, 8080)).to.match(/^led ip kube-proxy service-ips: 192\.0\.2\.1 \. tcp \. 8080/);
    expect(fate(kube, 30443)).to.match(/^led ip kube-proxy service-nodeports: tcp \. 30443/);
  });
});
