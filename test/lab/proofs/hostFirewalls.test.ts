import { expect } from "chai";
import { onConsole } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import type { MachineName } from "../../../lab/topology.ts";
import { askUntil } from "../outside.ts";
import { destroy, withPage } from "../smallStack.ts";

/** A firewall that a host has before the first run, and how to remove it. */
interface Firewall {
  set: string;
  removed: string;
}

const ruleset = (chains: string) => `nft -f - <<'END'\n${chains}\nEND`;
const sshAndWeb = "22,80,443,6443";

/** What the LAN and the pods need in every case that closes the home. */
const clusterGoesOn = `
ufw allow from 10.77.0.0/24 to any port 6443 proto tcp
ufw allow from 10.42.0.0/15
ufw route allow from 10.42.0.0/15
ufw route allow to 10.42.0.0/15`;

const userRules = `
ufw limit log 22/tcp comment 'mine'
ufw allow OpenSSH
ufw deny 23
ufw allow in on eth0 to any port 8443 proto tcp
ufw reject out 25/tcp
${clusterGoesOn}`;

const resetsUfw = "ufw --force disable; ufw --force reset >/dev/null; rm -f /etc/ufw/*.rules.2*";

const firewalls: Record<string, Firewall> = {
  "no firewall": { set: "true", removed: "true" },
  "UFW that is off, with rules": { set: userRules, removed: resetsUfw },
  "UFW that is on, with rules": { set: `${userRules}\nufw --force enable`, removed: resetsUfw },
  "iptables rules of an image, and a policy": {
    set: `
      iptables -I INPUT 1 -m state --state RELATED,ESTABLISHED -j ACCEPT
      iptables -I INPUT 2 -i lo -j ACCEPT
      iptables -I INPUT 3 -s 10.42.0.0/15 -j ACCEPT
      iptables -I INPUT 4 -p tcp -m multiport --dports ${sshAndWeb} -j ACCEPT
      iptables -I INPUT 5 -p udp -m udp --dport 41641 -j ACCEPT
      iptables -P INPUT DROP`,
    removed: `
      iptables -P INPUT ACCEPT
      for rule in "-m state --state RELATED,ESTABLISHED" "-i lo" "-s 10.42.0.0/15" \\
        "-p tcp -m multiport --dports ${sshAndWeb}" "-p udp -m udp --dport 41641"; do
        iptables -D INPUT $rule -j ACCEPT
      done`,
  },
  "an own ruleset of nftables": {
    set: ruleset(`
      table inet own {
        chain input {
          type filter hook input priority filter; policy drop;
          ct state vmap { established : accept, related : accept, invalid : drop }
          iifname { "lo", "tailscale0", "cni0" } accept
          ip saddr 10.42.0.0/15 accept
          tcp dport { ${sshAndWeb} } accept
          udp dport 41641 accept
          meta l4proto { icmp, ipv6-icmp } accept
        }
      }`),
    removed: "nft delete table inet own",
  },
  "Docker's chains": {
    set: `
      iptables -N DOCKER && iptables -N DOCKER-USER && iptables -t nat -N DOCKER
      iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
      iptables -I FORWARD 1 -j DOCKER-USER
      iptables -I FORWARD 2 -o docker0 -j DOCKER
      iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 9000 -j DNAT --to-destination 172.17.0.2:80`,
    removed: `
      iptables -D FORWARD -j DOCKER-USER
      iptables -D FORWARD -o docker0 -j DOCKER
      iptables -F DOCKER; iptables -X DOCKER; iptables -X DOCKER-USER
      iptables -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -F DOCKER; iptables -t nat -X DOCKER`,
  },
  "the chains of fail2ban": {
    set: `
      iptables -N f2b-sshd
      iptables -I INPUT 1 -p tcp -m multiport --dports 22 -j f2b-sshd
      iptables -A f2b-sshd -s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable
      iptables -A f2b-sshd -j RETURN`,
    removed: `
      iptables -D INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
      iptables -F f2b-sshd; iptables -X f2b-sshd`,
  },
};

/** Each kind is set up on one host of a pair; the middle one on both. */
const kinds = Object.keys(firewalls);
const pairs = kinds.slice(0, 4).map((onEdge, index) => ({ onEdge, atHome: kinds[index + 3] ?? onEdge }));

/**
 * All rules of a host in every form. UFW keeps its empty chains until the next boot, as its own comment says;
 * kube-proxy and container networks change their rules at any time.
 */
function rulesOf(host: MachineName): Promise<string> {
  return onConsole(
    host,
    `
    for tables in iptables ip6tables; do
      echo "# $tables"
      "$tables"-save | sed 's/ \\[[0-9:]*\\]$//' | grep -vE '^#|ufw6?-|KUBE-|CNI-|^:FORWARD|^:INPUT' || true
      "$tables" -S | grep '^-P'
    done
    echo '# nftables'
    nft list tables | grep -vE ' (kube-proxy|filter|nat|mangle|raw)$' | while read -r _ family name; do
      nft --stateless list table "$family" "$name"
    done
    echo '# ufw'
    ufw status | head -n 1
    ufw show added
    grep -h '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules || true
    cat /etc/ufw/before.rules /etc/ufw/after.rules /etc/ufw/ufw.conf /etc/default/ufw
    ls -A /etc/ufw /etc/iptables 2>/dev/null || true`,
  );
}

const both = async () => ({ vps: await rulesOf("vps"), home: await rulesOf("home") });

describe("on a host that has", () => {
  before(() => runStack({ operation: "destroy" }));

  for (const { onEdge, atHome } of pairs) {
    it(`${onEdge} (edge) and ${atHome} (home), all rules are the same after a destroy as before`, async () => {
      const [edge, home] = [firewalls[onEdge], firewalls[atHome]];
      if (!edge || !home) throw new Error("no such firewall");
      await onConsole("vps", edge.set);
      await onConsole("home", home.set);
      try {
        const before = await both();
        await runStack(withPage);
        await askUntil("https://page.lab.test/get", 200);
        const between = await both();
        for (const host of ["vps", "home"] as const)
          expect(between[host], `the control: rules of ${host} meanwhile`).not.to.equal(before[host]);
        await runStack(destroy);
        const after = await both();
        for (const host of ["vps", "home"] as const) expect(after[host], host).to.equal(before[host]);
      } finally {
        await onConsole("vps", edge.removed);
        await onConsole("home", home.removed);
      }
    });
  }
});
