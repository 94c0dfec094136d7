import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import { expect } from "chai";
import type { ServiceError } from "@grpc/grpc-js";
import { unknownValue, type Properties } from "../../../lab/plugins/framework/properties.ts";
import { resourceNames } from "../../../lab/plugins/kubernetes/manifest.ts";
import { kubernetesProvider } from "../../../lab/plugins/kubernetes/provider.ts";
import { secret, startEngine, type Engine } from "./fixtures/engine.ts";
import { makeFakeHelm, type FakeHelm } from "./fixtures/fakeHelm.ts";
import { rejection } from "./fixtures/rejection.ts";

const type = "kubernetes:helm.sh/v3:Release";
const manifest = `
apiVersion: v1
kind: Service
metadata: { name: photos, namespace: apps }
---
# nothing
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: photos }
`;
const names = { "Service/v1": ["apps/photos"], "Deployment.apps/apps/v1": ["photos"] };
const deployed = {
  name: "photos",
  namespace: "apps",
  revision: 1,
  status: "deployed",
  chart: "demo",
  version: "1.2.3",
  appVersion: "7",
};

describe("helm.v3.Release", () => {
  let engine: Engine;
  let helm: FakeHelm;

  beforeEach(async () => {
    helm = makeFakeHelm();
    helm.setManifest(manifest);
    engine = await startEngine(kubernetesProvider("4.34.2", helm.program));
    await engine.configure({ kubeconfig: secret("apiVersion: v1\nkind: Config\n") });
  });
  afterEach(() => {
    engine.stop();
    helm.remove();
  });

  const checked = async (inputs: Properties) => (await engine.check(type, inputs)).inputs;

  it("has the token of the SDK's class", () => {
    expect(Reflect.get(Release, "__pulumiType")).to.equal(type);
  });

  it("names objects by kind and version", async () => {
    expect(await resourceNames(manifest)).to.deep.equal(names);
  });

  describe("check", () => {
    it("fills in what was not said, and what the chart renders to", async () => {
      const { checksum, ...inputs } = await checked({ compat: "true", chart: "demo", atomic: false });
      expect(inputs.name).to.match(/^photos-[0-9a-f]{8}$/);
      expect(inputs).to.deep.include({
        chart: "demo",
        namespace: "default",
        timeout: 300,
        resourceNames: names,
      });
      expect(inputs).not.to.have.any.keys("compat", "atomic");
      expect(checksum).to.match(/^[0-9a-f]{64}$/);
    });

    it("keeps a random name", async () => {
      const { inputs } = await engine.check(type, { chart: "demo" }, { name: "photos-1234abcd" });
      expect(inputs.name).to.equal("photos-1234abcd");
    });

    it("sees a chart that changed under the same inputs", async () => {
      const before = await checked({ chart: "demo", name: "photos" });
      helm.setManifest(manifest.replace("name: photos }", "name: photos, labels: { a: b } }"));
      const after = await checked({ chart: "demo", name: "photos" });
      expect((await engine.diff(type, before, after)).changes).to.deep.equal(["checksum: update"]);
    });

    it("renders nothing while a value is not known", async () => {
      const inputs = await checked({ chart: "demo", values: { host: unknownValue } });
      expect(inputs).not.to.have.property("checksum");
      expect(helm.calls()).to.be.empty;
    });

    it("tells what is wrong with a chart", async () => {
      await engine.configure({ kubeconfig: "no-such-file" });
      const { failures } = await engine.check(type, { chart: "demo" });
      expect(failures).to.deep.equal([
        "chart: kubernetes: kubeconfig names no file: no-such-file; give contents, or the path of a file; " +
          "check the chart name and repository configuration.",
      ]);
    });
  });

  it("replaces for another name or namespace", async () => {
    const { replaces } = await engine.diff(
      type,
      { name: "a", namespace: "x", version: "1", values: { a: 1 } },
      { name: "b", namespace: "y", version: "2", values: { a: 2 } },
    );
    expect(replaces).to.deep.equal(["name", "namespace"]);
  });

  it("does not know the status in a preview", async () => {
    const { state } = await engine.create(type, { name: "photos", chart: "demo" }, true);
    expect(state).to.include({ status: unknownValue, name: "photos" });
    const updated = await engine.update(type, "apps/photos", { status: deployed }, { name: "photos" }, true);
    expect(updated.status).to.equal(unknownValue);
    expect(helm.calls()).to.be.empty;
  });

  it("installs, and tells what came of it", async () => {
    helm.setRelease(deployed);
    const inputs = {
      name: "photos",
      namespace: "apps",
      chart: "demo",
      version: "1.2.3",
      repositoryOpts: { repo: "https://charts.example.com" },
      values: { password: secret("hush"), replicas: 1 },
      createNamespace: true,
      atomic: true,
      timeout: 60,
    };
    const { id, state } = await engine.create(type, inputs);
    expect(id).to.equal("apps/photos");
    expect(helm.calls()).to.deep.equal([
      "install photos demo --version=1.2.3 --repo=https://charts.example.com --timeout=60s --wait --atomic " +
        "--create-namespace --namespace apps",
    ]);
    expect(helm.values()).to.deep.equal({ password: "hush", replicas: 1 });
    expect(state).to.deep.include({ values: inputs.values, resourceNames: names, status: deployed });
    expect(state.__inputs).to.have.property("value");
    expect(JSON.stringify({ ...state, __inputs: undefined }).match(/hush/g)).to.have.length(1);
  });

  it("upgrades", async () => {
    helm.setRelease({ ...deployed, revision: 2 });
    const inputs = {
      name: "photos",
      namespace: "apps",
      chart: "oci://registry/demo",
      cleanupOnFail: true,
      skipAwait: true,
    };
    const state = await engine.update(type, "apps/photos", {}, inputs);
    expect(state.status).to.include({ revision: 2 });
    expect(helm.calls()).to.deep.equal([
      "upgrade photos oci://registry/demo --timeout=300s --cleanup-on-fail --history-max=0 --namespace apps",
    ]);
  });

  it("keeps a release that did not become ready, with the reason", async () => {
    helm.setRelease({ ...deployed, status: "failed" });
    helm.setFailure("INSTALLATION FAILED: context deadline exceeded");
    const inputs = { name: "photos", namespace: "apps", chart: "demo", values: { password: secret("hush") } };
    const error = (await rejection(engine.create(type, inputs))) as ServiceError;
    expect(error.details).to.equal(
      'Helm release "apps/photos" was created, but failed to initialize completely. Use Helm CLI to investigate.: ' +
        "failed to become available within allocated timeout. Error: Helm Release apps/photos: context deadline exceeded",
    );
    const [details] = error.metadata.get("grpc-status-details-bin");
    const text = String(details);
    expect(text)
      .to.contain("pulumirpc.ErrorResourceInitFailed")
      .and.to.contain("1b47061264138c4ac30d75fd1eb44270");
  });

  it("passes on that a release of that name is there, or that another operation runs", async () => {
    helm.setRelease({ ...deployed, status: "failed" });
    helm.setFailure("INSTALLATION FAILED: cannot re-use a name that is still in use");
    const inputs = { name: "photos", namespace: "apps", chart: "demo" };
    const inUse = (await rejection(engine.create(type, inputs))) as ServiceError;
    expect(inUse.details).to.equal("cannot re-use a name that is still in use");
    helm.setRelease({ ...deployed, status: "pending-upgrade" });
    helm.setFailure("UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress");
    const pending = (await rejection(engine.update(type, "apps/photos", {}, inputs))) as ServiceError;
    expect(pending.details).to.equal("another operation (install/upgrade/rollback) is in progress");
  });

  it("uninstalls, also what is gone already", async () => {
    await engine.delete(type, "apps/photos", { name: "photos", namespace: "apps", timeout: 60 });
    helm.setFailure("uninstall: Release not loaded: photos: release: not found");
    await engine.delete(type, "apps/photos", { name: "photos", namespace: "apps", skipAwait: true });
    expect(helm.calls()).to.deep.equal([
      "uninstall photos --wait --timeout=60s --namespace apps",
      "uninstall photos --namespace apps",
    ]);
  });

  it("reads the live status, imports, and misses what is gone", async () => {
    helm.setRelease({ ...deployed, status: "pending-upgrade" });
    const inputs = { name: "photos", namespace: "apps", chart: "demo" };
    const read = await engine.read(type, "apps/photos", inputs, inputs);
    expect(read.state.status).to.include({ status: "pending-upgrade" });
    const imported = await engine.read(type, "apps/photos");
    expect(imported.inputs).to.deep.equal({
      ...inputs,
      version: "1.2.3",
      timeout: 300,
      values: { greeting: "live" },
    });
    helm.setRelease(undefined);
    expect((await engine.read(type, "apps/photos", inputs, inputs)).id).to.equal("");
  });
});
