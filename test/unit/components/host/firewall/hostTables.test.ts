import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { setUpClusterTable, type ClusterTable } from "../../../../../components/controlPlane/clusterTable.ts";
import { publishToEdges, setUpEdgesTable } from "../../../../../components/controlPlane/edgesTable.ts";
import { renderEgressTable } from "../../../../../components/edge/egressTable.ts";
import { firewallTable, renderProxyFirewall } from "../../../../../components/proxy/firewall.ts";
import { renderTraefikFirewall } from "../../../../../components/edge/traefik/firewall.ts";
import { matchSnapshot } from "../../../snapshot.ts";

const cluster: ClusterTable = {
  networks: ["10.42.0.0/16", "10.43.0.0/16"],
  nodes: ["10.77.0.10"],
  interfaces: [],
  podsOverLan: false,
  podsReach: [],
};

interface Session {
  client: string;
  server?: string;
  /** Lines of `ip -4 -o address show`. */
  addresses?: string[];
  /** The interface that leads to the client. */
  by?: string;
}

/** Runs a table's script on a host with everything it needs, and returns the table's file and the output. */
function load(script: string, { client, server = "10.77.0.10", addresses = [], by = "eth0" }: Session) {
  const standIns = `
ssh_connection='${client} 50000 ${server} 22'
fail() { echo "failed: $*"; exit 1; }
warn() { echo "warned: $*"; }
within() { shift; "$@"; }
tailscale() {
  case $2 in
    100.64.0.9) return 1 ;;
    *) printf 'Machine:\\n  Name:          vps\\n  Addresses:     [%s/32 fd7a:115c:a1e0::%s/128]\\nUser:\\n' "$2" "\${2##*.}" ;;
  esac
}
ip() {
  if [ "$1" = route ]; then echo "$3 dev ${by} src 10.77.0.10"; return; fi
${addresses.map((line) => `  echo '${line}'`).join("\n")}
  return 0
}
put() { printf '%s\\n' "$3"; }
own_unit() { exit 0; }`;
  const { stdout, stderr } = spawnSync("sh", ["-euc", `${standIns}\n${script}`], { encoding: "utf8" });
  expect(stderr).to.equal("");
  return stdout;
}

describe("the home's table of edges", () => {
  const laptop = { client: "10.77.0.50" };

  it("matches its snapshot, with the IPv6 addresses that tailscaled knows", () => {
    matchSnapshot("components/edges.nft", load(setUpEdgesTable(["100.64.0.1", "100.64.0.3"]), laptop));
    matchSnapshot("components/no-edges.nft", load(setUpEdgesTable([]), laptop));
  });

  it("is not loaded if an edge's IPv6 address is unknown", () => {
    const said = load(setUpEdgesTable(["100.64.0.1", "100.64.0.9"]), laptop);
    expect(said)
      .to.match(/^failed: .* does not know the edge 100\.64\.0\.9/)
      .and.not.contain("table inet");
  });

  it("keeps SSH open to an edge from which the run connects, over either protocol", () => {
    const from = (client: string, server: string) =>
      load(setUpEdgesTable(["100.64.0.1", "100.64.0.3"]), { client, server });
    const ipv4 = from("100.64.0.3", "100.64.0.2");
    expect(ipv4).to.match(/^warned: .* comes from the edge 100\.64\.0\.3/);
    expect(ipv4).to.contain("    ip saddr 100.64.0.3 ip daddr 100.64.0.2 tcp dport 22 accept\n");
    expect(from("fd7a:115c:a1e0::3", "fd7a:115c:a1e0::2")).to.contain(
      "    ip6 saddr fd7a:115c:a1e0::3 ip6 daddr fd7a:115c:a1e0::2 tcp dport 22 accept\n",
    );
    expect(from("100.64.0.4", "100.64.0.2"), "another device").not.to.contain("dport 22");
  });

  it("contains those clients of a proxy that are single addresses", () => {
    const proxy = { app: "immich", address: "100.64.0.2", port: 8080 };
    const both = publishToEdges({ ...proxy, allow: ["100.64.0.1", "100.64.0.3"] });
    expect(both).to.contain(
      "add element inet mynodeone-edges published { 100.64.0.1 . 100.64.0.2 . 8080, 100.64.0.3 . 100.64.0.2 . 8080 }",
    );
    const tailnet = publishToEdges({ ...proxy, allow: ["100.64.0.0/10"] });
    expect(tailnet).not.to.contain("add element");
    expect(tailnet).to.contain("'rm' '-f' '/etc/mynodeone/immich-proxy.published'");
  });
});

describe("the edge's table of proxies", () => {
  it("matches its snapshot", () => {
    matchSnapshot("components/egress.nft", renderEgressTable(["100.64.0.2"]));
  });
});

describe("the home's table of its cluster", () => {
  const laptop = { client: "10.77.0.50" };
  const podsToSsh = "tcp dport { 22, 22 } jump pods_to_ssh";

  it("matches its snapshot", () => {
    matchSnapshot("components/cluster.nft", load(setUpClusterTable(cluster, 22), laptop));
    const open: ClusterTable = {
      ...{ ...cluster, interfaces: ["mesh*"], podsOverLan: true },
      podsReach: ["tailnet", "ssh"],
    };
    matchSnapshot("components/cluster-open.nft", load(setUpClusterTable(open, 22), laptop));
  });

  it("keeps SSH open to pods if the run connects from one", () => {
    expect(load(setUpClusterTable(cluster, 22), laptop)).to.contain(podsToSsh);
    const fromPod = load(setUpClusterTable(cluster, 22), { client: "10.42.0.7", by: "cali1234" });
    expect(fromPod)
      .to.match(/^warned: .* comes from a pod \(10\.42\.0\.7\)/)
      .and.not.contain(podsToSsh);
    const fromLxc = load(setUpClusterTable(cluster, 22), { client: "10.0.3.7", by: "lxcbr0" });
    expect(fromLxc).to.contain(podsToSsh);
  });

  it("treats a LAN within the cluster's networks as a LAN", () => {
    const addresses = [
      "1: lo    inet 127.0.0.1/8 scope host lo",
      "2: eth0    inet 10.42.9.4/24 brd 10.42.9.255 scope global eth0",
      "3: cni0    inet 10.42.0.1/24 brd 10.42.0.255 scope global cni0",
      "4: eth1    inet 192.168.1.4/24 scope global eth1",
    ];
    const table = load(setUpClusterTable(cluster, 22), { ...laptop, addresses });
    expect(table.match(/set lan \{[^}]*\}/)?.[0]).to.contain("elements = { 10.42.9.4/24 }");
  });
});

describe("the tables of a host", () => {
  const laptop = { client: "10.77.0.50" };

  it("have names that no app's table can have", () => {
    const names = ["edges", "egress", "cluster"].map((name) => `inet mynodeone-${name}`);
    for (const app of ["edges", "egress", "cluster"]) expect(names).not.to.include(firewallTable(app));
  });

  it("have sets that an older nft can list, such as the one in a container of kube-proxy", () => {
    const proxy = { app: "immich", address: "100.64.0.2", port: 8080, allow: ["100.64.0.1"] };
    const tables = [
      load(setUpEdgesTable(["100.64.0.1"]), laptop),
      load(setUpClusterTable(cluster, 22), laptop),
      renderEgressTable(["100.64.0.2"]),
      renderTraefikFirewall({ connections: 256 }),
      renderProxyFirewall(proxy),
    ];
    const crashes = /set \w+ \{\s*type \w+\s*[;\n]/;
    expect("set homes {\n  type ipv4_addr\n").to.match(crashes);
    for (const table of tables) expect(table).to.contain("set ").and.not.match(crashes);
  });
});
