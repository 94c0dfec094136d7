import { expect } from "chai";
import { parse, stringify } from "yaml";
import { unknownValue, type Properties } from "../../../lab/plugins/framework/properties.ts";
import { diffConfig } from "../../../lab/plugins/kubernetes/diffConfig.ts";
import { kubeconfigOf } from "../kubeconfig.ts";

const kubeconfig = kubeconfigOf("https://192.168.1.10:6443");

/** The paths for which a provider with these arguments is replaced. */
async function replacedFor(olds: Properties, news: Properties): Promise<string[]> {
  const { changes, replaces } = await diffConfig(olds, news);
  return changes.map(({ path }) => path).filter(replaces);
}

/** The kubeconfig with its active cluster's entry changed. */
function edited(edit: (cluster: Properties) => void): string {
  const config = parse(kubeconfig) as { clusters: { cluster: Properties }[] };
  for (const { cluster } of config.clusters) edit(cluster);
  return stringify(config);
}

const otherEntries: Record<string, string> = {
  "a slash behind the address": edited((cluster) => (cluster.server = "https://192.168.1.10:6443/")),
  "another address": edited((cluster) => (cluster.server = "https://127.0.0.1:6443")),
  "another authority": edited((cluster) => (cluster["certificate-authority-data"] = "b3RoZXI=")),
  "a server name": edited((cluster) => (cluster["tls-server-name"] = "home")),
};

describe("the provider arguments of the Kubernetes stand-in", () => {
  for (const [title, other] of Object.entries(otherEntries)) {
    it(`mean another cluster with ${title}, unless the identifier stays the same`, async () => {
      const id = { clusterIdentifier: "one" };
      expect(await replacedFor({ kubeconfig }, { kubeconfig: other })).to.deep.equal(["kubeconfig"]);
      expect(await replacedFor({ kubeconfig, ...id }, { kubeconfig: other, ...id })).to.be.empty;
      expect(await replacedFor({ kubeconfig }, { kubeconfig: other, ...id })).to.deep.equal(["kubeconfig"]);
      expect(await replacedFor({ kubeconfig, ...id }, { kubeconfig: other })).to.deep.equal(["kubeconfig"]);
    });
  }

  it("mean the same cluster with other credentials, comments or contexts that are not current", async () => {
    const more = parse(kubeconfig) as { users: object[]; contexts: object[] };
    more.users = [{ name: "admin", user: { token: "another" } }];
    more.contexts.push({ name: "work", context: { cluster: "work", user: "admin" } });
    expect(await replacedFor({ kubeconfig }, { kubeconfig: `# mine\n${stringify(more)}` })).to.be.empty;
    expect(await replacedFor({ kubeconfig }, { kubeconfig, context: "home" })).to.be.empty;
  });

  it("mean the same cluster if one kubeconfig comes from the environment", async () => {
    expect(await replacedFor({}, { kubeconfig })).to.be.empty;
    expect(await replacedFor({ kubeconfig }, {})).to.be.empty;
  });

  it("mean another cluster if the identifier changes, but not if it is added or removed", async () => {
    const [one, two] = [{ clusterIdentifier: "one" }, { clusterIdentifier: "two" }];
    expect(await replacedFor(one, two)).to.deep.equal(["clusterIdentifier"]);
    expect(await replacedFor({}, one)).to.be.empty;
    expect(await replacedFor(one, {})).to.be.empty;
  });

  it("mean another cluster while they are unknown", async () => {
    expect(await replacedFor({ kubeconfig }, { kubeconfig: unknownValue })).to.deep.equal(["kubeconfig"]);
  });
});
