import { expect } from "chai";
import {
  dnsAddress,
  nodeAddresses,
  readCluster,
  type Cluster,
} from "../../../../components/cluster/cluster.ts";
import { clusterNetworks } from "../../../../components/cluster/networks.ts";
import { k3sNetworks } from "../../../../components/inputs/networks.ts";
import { takenPorts } from "../../../../lookups/takenPorts.ts";
import { rejection } from "../../rejection.ts";
import { startClusterApi, type ClusterContents } from "./clusterApi.ts";

const node = (name: string, podCIDR: string, ip: string, labels = {}) => ({
  metadata: { name, labels },
  spec: { podCIDR, podCIDRs: [podCIDR, "2001:db8:42::/64"] },
  status: {
    addresses: [
      { type: "InternalIP", address: ip },
      { type: "InternalIP", address: "2001:db8::1" },
      { type: "Hostname", address: name },
    ],
  },
});
const pod = (name: string, podIP: string, spec: object = {}) => ({
  metadata: { namespace: "media", name },
  spec: { containers: [], ...spec },
  status: { podIP },
});
const dns = (clusterIP: string, ...more: string[]) => ({
  "kube-dns": { spec: { clusterIP, clusterIPs: [clusterIP, ...more], ports: [{ port: 53 }] } },
});

async function read(contents: ClusterContents): Promise<Cluster> {
  const api = await startClusterApi(contents);
  try {
    return await readCluster(api.kubeconfig);
  } finally {
    await api.stop();
  }
}

describe("the cluster", () => {
  it("is read as far as the kubeconfig's user is allowed to", async () => {
    const whole = await read({
      nodes: [node("home", "10.42.0.0/24", "192.168.1.10")],
      serviceCidrs: ["10.43.0.0/16"],
    });
    expect(nodeAddresses(whole)).to.deep.equal(["192.168.1.10"]);
    expect(whole.serviceCidrs).to.deep.equal(["10.43.0.0/16"]);
    const narrow = await read({ forbidden: ["nodes", "pods", "services", "servicecidrs"] });
    expect(narrow).to.deep.equal({
      nodes: undefined,
      pods: undefined,
      services: undefined,
      serviceCidrs: undefined,
    });
    expect((await read({})).serviceCidrs, "of an older Kubernetes").to.equal(undefined);
  });

  it("has its DNS at the Service kube-dns, or at one with that label", async () => {
    const addressOf = async (services: Record<string, Record<string, unknown>>) =>
      dnsAddress(await read({ services: { "kube-system": services } }));
    const labelled = {
      metadata: { namespace: "kube-system", name: "rke2-coredns", labels: { "k8s-app": "kube-dns" } },
    };
    const other = { "rke2-coredns": { ...labelled, spec: { clusterIP: "10.96.0.10" } } };
    expect(await addressOf(dns("10.43.0.10"))).to.equal("10.43.0.10");
    expect(await addressOf(other)).to.equal("10.96.0.10");
    expect(await addressOf({ ...other, ...dns("10.43.0.10") })).to.equal("10.43.0.10");
    expect(await addressOf(dns("2001:db8:43::a", "10.43.0.10")), "dual stack").to.equal("10.43.0.10");
    expect(await addressOf(dns("2001:db8:43::a"))).to.equal(undefined);
    expect(await addressOf({})).to.equal(undefined);
  });
});

describe("the cluster's networks", () => {
  const networks = async (contents: ClusterContents, wanted?: string[], address = "10.43.0.10") =>
    clusterNetworks(await read(contents), wanted, address);
  const kubeadm = {
    nodes: [node("home", "10.244.0.0/24", "192.168.1.10"), node("worker", "10.244.1.0/24", "192.168.1.11")],
    serviceCidrs: ["10.96.0.0/12"],
  };
  const readNetworks = ["10.244.0.0/24", "10.244.1.0/24", "10.96.0.0/12"];

  it("are k3s's defaults if they contain the cluster's networks", async () => {
    expect(await networks({})).to.deep.equal(k3sNetworks);
    const k3s = { nodes: [node("home", "10.42.0.0/24", "192.168.1.10")], serviceCidrs: ["10.43.0.0/16"] };
    expect(await networks(k3s)).to.deep.equal(k3sNetworks);
  });

  it("are read from another cluster", async () => {
    expect(await networks(kubeadm, undefined, "10.96.0.10")).to.deep.equal(readNetworks);
  });

  it("have to be set in the config if the cluster does not show them", async () => {
    const message = String(
      await rejection(networks({ ...kubeadm, serviceCidrs: undefined }, undefined, "10.96.0.10")),
    );
    expect(message)
      .to.contain("its DNS at 10.96.0.10, a node's pods at 10.244.0.0/24")
      .and.to.contain("podSubnet");
  });

  it("are those from the config, if they contain all addresses of the cluster", async () => {
    const wanted = ["10.244.0.0/16", "10.96.0.0/12"];
    expect(await networks(kubeadm, wanted, "10.96.0.10")).to.deep.equal(wanted);
    const outside: [string, ClusterContents, string][] = [
      ["its DNS at 10.43.0.10", kubeadm, "10.43.0.10"],
      [
        "a node's pods at 10.245.0.0/24",
        { nodes: [node("home", "10.245.0.0/24", "192.168.1.10")] },
        "10.96.0.10",
      ],
      ["its Services at 10.80.0.0/12", { serviceCidrs: ["10.80.0.0/12"] }, "10.96.0.10"],
      ["pod media/photos at 172.16.0.9", { ...kubeadm, pods: [pod("photos", "172.16.0.9")] }, "10.96.0.10"],
    ];
    for (const [reads, contents, address] of outside) {
      const message = String(await rejection(networks(contents, wanted, address)));
      expect(message).to.contain("outside of 10.244.0.0/16, 10.96.0.0/12").and.to.contain(reads);
    }
  });

  it("do not have to contain the nodes, where pods on the host's network answer", async () => {
    const pods = [pod("dlna", "192.168.1.10", { hostNetwork: true }), pod("v6", "2001:db8::9")];
    expect(await networks({ nodes: [node("home", "10.42.0.0/24", "192.168.1.10")], pods })).to.deep.equal(
      k3sNetworks,
    );
  });
});

describe("the ports of the home host that the cluster uses", () => {
  const taken = async (contents: ClusterContents) => takenPorts(await read(contents), "100.64.0.2");
  const home = node("home", "10.42.0.0/24", "192.168.1.10", {
    "node-role.kubernetes.io/control-plane": "true",
  });
  const worker = node("worker", "10.42.1.0/24", "192.168.1.11");
  const balanced = (ip: string, more: object = {}) => ({
    media: {
      panel: {
        spec: {
          type: "LoadBalancer",
          ports: [
            { port: 8080, ...more },
            { port: 53, protocol: "UDP" },
          ],
        },
        status: { loadBalancer: { ingress: [{ ip }] } },
      },
    },
  });

  it("are those of LoadBalancer Services at a node's address", async () => {
    const byPanel = { port: 8080, by: "Service media/panel (LoadBalancer)" };
    expect(await taken({ nodes: [home], services: balanced("192.168.1.10") })).to.deep.equal([byPanel]);
    expect(await taken({ nodes: [home], services: balanced("100.64.0.2") })).to.deep.equal([byPanel]);
    expect(await taken({ nodes: [home], services: balanced("192.168.1.240") }), "MetalLB").to.deep.equal([]);
  });

  it("are NodePorts and external IPs", async () => {
    const ports = [{ port: 80, nodePort: 30080 }];
    const services = {
      media: {
        a: { spec: { type: "NodePort", ports } },
        b: { spec: { externalIPs: ["100.64.0.2"], ports: [{ port: 8090 }] } },
      },
    };
    expect(await taken({ nodes: [home], services })).to.deep.equal([
      { port: 30080, by: "Service media/a (NodePort), as its NodePort" },
      { port: 8090, by: "Service media/b (ClusterIP)" },
    ]);
  });

  it("are TCP host ports of pods there, at any address", async () => {
    const withPorts = (nodeName: string, ...ports: object[]) =>
      pod("panel", "10.42.0.9", { nodeName, containers: [{ ports }] });
    const port = { containerPort: 80, hostPort: 8080 };
    const byPod = [{ port: 8080, by: "pod media/panel (hostPort)" }];
    expect(await taken({ nodes: [home, worker], pods: [withPorts("home", port)] })).to.deep.equal(byPod);
    expect(
      await taken({ nodes: [home, worker], pods: [withPorts("home", { ...port, hostIP: "100.64.0.2" })] }),
    ).to.deep.equal(byPod);
    const others = [
      withPorts("worker", port),
      withPorts("home", { ...port, protocol: "UDP" }, { ...port, hostIP: "127.0.0.1" }),
    ];
    expect(await taken({ nodes: [home, worker], pods: others })).to.deep.equal([]);
    // If no node is labelled as the control plane, each node may be it.
    expect(await taken({ nodes: [worker], pods: [withPorts("worker", port)] })).to.deep.equal(byPod);
  });
});
