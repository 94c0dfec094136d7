import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { renderCniConfig } from "../../../lab/cluster/config/cni.ts";
import { renderContainerdConfig } from "../../../lab/cluster/config/containerd.ts";
import { renderCoreDns, renderCorefile } from "../../../lab/cluster/config/coredns.ts";
import { renderLoadBalancer } from "../../../lab/cluster/config/loadBalancer.ts";
import { renderKubeletConfig } from "../../../lab/cluster/config/kubelet.ts";
import { renderMasquerade } from "../../../lab/cluster/config/masquerade.ts";
import { renderProxyConfig } from "../../../lab/cluster/config/proxy.ts";
import { renderKubeconfig } from "../../../lab/cluster/kubeconfig.ts";
import type { ClusterNetwork } from "../../../lab/cluster/options.ts";
import { matchSnapshot } from "../snapshot.ts";

const network: ClusterNetwork = {
  nodeName: "node",
  nodeAddress: "10.0.0.1",
  podCidr: "10.1.0.0/16",
  nodePodCidr: "10.1.0.0/24",
  serviceCidr: "10.2.0.0/16",
  clusterDns: "10.2.0.10",
  upstreamDns: "10.0.0.53",
  clusterDomain: "cluster.local",
};

describe("the lab cluster's configuration", () => {
  it("lets containerd use local images and sandboxes without a registry", () => {
    const paths = { cniBinaries: "/opt/cni", cniConfig: "/etc/cni", runc: "/usr/bin/runc" };
    matchSnapshot(
      "cluster/containerd.toml",
      renderContainerdConfig({ ...paths, sandboxImage: "lab.test/pause:lab" }),
    );
  });

  it("gives pods routed addresses of the pod network in the CNI config", () => {
    matchSnapshot("cluster/cni.json", renderCniConfig(network));
  });

  it("matches the snapshot of the kubelet config", () => {
    const files = { pki: "/pki", resolvConf: "/resolv.conf", cgroupRoot: "/lab" };
    matchSnapshot("cluster/kubelet.yaml", renderKubeletConfig({ network, ...files }));
  });

  it("matches the snapshot of the kube-proxy config", () => {
    matchSnapshot("cluster/kube-proxy.yaml", renderProxyConfig(network, "/proxy.kubeconfig"));
  });

  it("masquerades idempotently, and never between pods", () => {
    matchSnapshot("cluster/masquerade.nft", renderMasquerade(network));
  });

  it("disables the DNS cache for Services", () => {
    expect(renderCorefile(network)).to.include("disable success cluster.local");
    matchSnapshot("cluster/coredns.yaml", renderCoreDns(network, "lab.test/coredns:lab"));
  });

  it("matches the snapshot of the LoadBalancer on 80 and 443", () => {
    matchSnapshot("cluster/load-balancer.yaml", renderLoadBalancer("lab.test/app:lab").manifests);
  });

  it("gives the DNS Service the pods' nameserver address and a matching selector", () => {
    const manifests = parseAllDocuments(renderCoreDns(network, "image")).map(
      (document) => document.toJS() as { kind: string; spec?: Record<string, unknown> },
    );
    const specOf = (kind: string) => manifests.find((manifest) => manifest.kind === kind)?.spec;
    expect(specOf("Service")).to.include({ clusterIP: "10.2.0.10" });
    expect(specOf("Deployment"))
      .to.have.nested.property("selector.matchLabels")
      .that.deep.equals(specOf("Service")?.selector);
  });

  it("embeds the CA, certificate and key in the kubeconfig", () => {
    const pem = { authority: "CA\n", certificate: "CERT\n", key: "KEY\n" };
    const config = parse(
      renderKubeconfig({ server: "https://10.0.0.1:6443", user: "admin", ...pem }),
    ) as object;
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    expect(config)
      .to.have.nested.property("clusters[0].cluster")
      .that.deep.equals({
        server: "https://10.0.0.1:6443",
        "certificate-authority-data": base64("CA\n"),
      });
    expect(config)
      .to.have.nested.property("users[0].user")
      .that.deep.equals({
        "client-certificate-data": base64("CERT\n"),
        "client-key-data": base64("KEY\n"),
      });
  });
});
