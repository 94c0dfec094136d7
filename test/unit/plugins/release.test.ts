import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import { expect } from "chai";
import type { ServiceError } from "@grpc/grpc-js";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { poll } from "../../../lab/poll.ts";
import { unknownValue, type Properties } from "../../../lab/plugins/framework/properties.ts";
import { resourceNames } from "../../../lab/plugins/kubernetes/manifest.ts";
import { kubernetesProvider } from "../../../lab/plugins/kubernetes/provider.ts";
import { secret, signatureKey } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";
import { makeFakeHelm, type FakeHelm } from "./fixtures/fakeHelm.ts";

const type = "kubernetes:helm.sh/v3:Release";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
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
const demo = { name: "photos", namespace: "apps", chart: "demo" };
const deployed = {
  name: "photos",
  namespace: "apps",
  revision: 1,
  status: "deployed",
  chart: "demo",
  version: "1.2.3",
  appVersion: "7",
};

describe("the helm.v3.Release stand-in", () => {
  const newDirectory = temporaryDirectories();
  let engine: Engine;
  let helm: FakeHelm;

  beforeEach(async () => {
    helm = makeFakeHelm(newDirectory());
    helm.setManifest(manifest);
    helm.setChart({ name: "demo", version: "1.2.3" });
    engine = await startEngine(kubernetesProvider("4.34.2", helm.program));
    await engine.configure({ kubeconfig: secret("apiVersion: v1\nkind: Config\n") });
  });
  afterEach(() => {
    engine.stop();
  });

  const checked = async (inputs: Properties) => (await engine.check(type, inputs)).inputs;

  it("has the type token of the SDK's class", () => {
    expect(Reflect.get(Release, "__pulumiType")).to.equal(type);
  });

  it("groups the objects of a manifest by kind and version", async () => {
    expect(await resourceNames(manifest)).to.deep.equal(names);
  });

  describe("on check", () => {
    it("fills in the defaults and the resolved version of the chart", async () => {
      const inputs = await checked({
        compat: "true",
        chart: "demo",
        atomic: false,
        values: {},
        unheardOf: 1,
      });
      expect(inputs.name).to.match(/^photos-[0-9a-f]{8}$/);
      expect({ ...inputs, name: undefined }).to.deep.equal({
        name: undefined,
        chart: "demo",
        namespace: "default",
        timeout: 300,
        version: "1.2.3",
      });
    });

    it("keeps a generated name", async () => {
      const { inputs } = await engine.check(type, { chart: "demo" }, { name: "photos-1234abcd" });
      expect(inputs.name).to.equal("photos-1234abcd");
    });

    it("detects a new version of the chart under the same inputs", async () => {
      const before = await checked({ chart: "demo", name: "photos" });
      helm.setChart({ name: "demo", version: "1.3.0" });
      const after = await checked({ chart: "demo", name: "photos" });
      expect((await engine.diff(type, before, after)).changes).to.deep.equal(["version: update"]);
    });

    it("merges values files below the values, and keeps a null value", async () => {
      const asset = (text: string) => ({ [signatureKey]: assetSignature, text });
      const inputs = await checked({
        chart: "demo",
        valueYamlFiles: [asset("a: 1\nb: { c: 1 }"), asset("b: { c: 2, d: 2 }")],
        values: { b: { d: 3 }, e: null },
      });
      expect(inputs.values).to.deep.equal({ a: 1, b: { c: 2, d: 3 }, e: null });
      expect(inputs).not.to.have.property("valueYamlFiles");
    });

    it("does not read the chart while a value is unknown", async () => {
      const inputs = await checked({ chart: "demo", values: { host: unknownValue } });
      expect(inputs).not.to.have.property("version");
      expect(helm.calls()).to.be.empty;
    });

    it("reports an error in reading the chart", async () => {
      await engine.configure({ kubeconfig: "no-such-file" });
      const { failures } = await engine.check(type, { chart: "demo" });
      expect(failures).to.deep.equal([
        "chart: kubernetes: kubeconfig no-such-file is not a file; set its contents, or the path of a file; " +
          "check the chart name and repository configuration.",
      ]);
    });
  });

  describe("on diff", () => {
    const inputs = { name: "a", namespace: "x", chart: "demo", values: { a: 1, list: [1] } };

    it("compares with the live state only where the program sets a value", async () => {
      const state = { ...inputs, values: { a: 2, list: [1], b: 3 }, status: deployed, resourceNames: names };
      const { changes } = await engine.diff(type, inputs, inputs, state);
      expect(changes).to.deep.equal(["values.a: update"]);
    });

    it("reports removed and added values", async () => {
      const news = { ...inputs, values: { list: [2], c: { d: 1 } } };
      const { changes } = await engine.diff(type, inputs, news, { ...inputs, status: deployed });
      expect(changes).to.deep.equal(["values.a: delete", "values.c: add", "values.list[0]: update"]);
    });
  });

  it("replaces a release if its name or namespace changes", async () => {
    const { replaces } = await engine.diff(
      type,
      { name: "a", namespace: "x", version: "1", values: { a: 1 } },
      { name: "b", namespace: "y", version: "2", values: { a: 2 } },
    );
    expect(replaces).to.deep.equal(["name", "namespace"]);
  });

  it("leaves the status unknown in a preview", async () => {
    const { state } = await engine.create(type, { name: "photos", chart: "demo" }, true);
    expect(state).to.include({ status: unknownValue, resourceNames: unknownValue, name: "photos" });
    const updated = await engine.update(type, "apps/photos", { status: deployed }, { name: "photos" }, true);
    expect(updated.status).to.equal(unknownValue);
    expect(helm.calls()).to.be.empty;
  });

  it("installs a chart and returns its status and objects", async () => {
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

  it("upgrades a release", async () => {
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

  it("records a release that does not become ready, with the reason", async () => {
    helm.setNextRelease({ ...deployed, status: "failed" });
    helm.setFailure("INSTALLATION FAILED: context deadline exceeded");
    const inputs = { ...demo, values: { password: secret("hush") } };
    const error = (await rejection(engine.create(type, inputs))) as ServiceError;
    expect(error.details).to.equal(
      'Helm release "apps/photos" was created, but failed to initialize completely. Use Helm CLI to investigate: ' +
        "failed to become available within allocated timeout. Error: Helm Release apps/photos: context deadline exceeded",
    );
    const [details] = error.metadata.get("grpc-status-details-bin");
    const text = String(details);
    expect(text)
      .to.contain("pulumirpc.ErrorResourceInitFailed")
      .and.to.contain("1b47061264138c4ac30d75fd1eb44270");
  });

  it("records no release that helm has not recorded or has removed again", async () => {
    helm.setFailure(
      "INSTALLATION FAILED: release photos failed, and has been uninstalled due to atomic being set",
    );
    const inputs = { ...demo, atomic: true };
    const error = (await rejection(engine.create(type, inputs))) as ServiceError;
    expect(error.details).to.match(/^release photos failed, and has been uninstalled/);
    expect(error.metadata.get("grpc-status-details-bin")).to.be.empty;
  });

  it("fails on a name in use, whatever the status of that release", async () => {
    for (const status of ["failed", "pending-install", "deployed"]) {
      helm.setRelease({ ...deployed, status });
      helm.setFailure("INSTALLATION FAILED: cannot re-use a name that is still in use");
      const error = (await rejection(engine.create(type, demo))) as ServiceError;
      expect(error.details, status).to.equal("cannot re-use a name that is still in use");
      expect(error.metadata.get("grpc-status-details-bin"), status).to.be.empty;
    }
  });

  it("distinguishes a failed upgrade from one that did not start", async () => {
    const state = { ...demo, status: deployed };
    helm.setRelease({ ...deployed, status: "pending-upgrade" });
    helm.setFailure("UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress");
    const pending = (await rejection(engine.update(type, "apps/photos", state, demo))) as ServiceError;
    expect(pending.details).to.equal("another operation (install/upgrade/rollback) is in progress");
    expect(pending.metadata.get("grpc-status-details-bin")).to.be.empty;

    helm.setNextRelease({ ...deployed, revision: 2, status: "failed" });
    helm.setFailure("UPGRADE FAILED: context deadline exceeded");
    const failed = (await rejection(engine.update(type, "apps/photos", state, demo))) as ServiceError;
    expect(failed.details).to.match(/^Helm release "apps\/photos" failed to initialize completely/);
    expect(failed.metadata.get("grpc-status-details-bin")).to.have.length(1);
  });

  it("uninstalls, logs kept resources, and fails if the release no longer exists", async () => {
    helm.setKept("These resources were kept due to the resource policy:\n[PersistentVolumeClaim] photos\n");
    await engine.delete(type, "apps/photos", { name: "photos", namespace: "apps", timeout: 60 });
    expect(engine.logs.map(({ message }) => message)).to.deep.equal([
      'Helm uninstall returned information: "These resources were kept due to the resource policy:\\n' +
        '[PersistentVolumeClaim] photos"',
    ]);
    helm.setFailure("uninstall: Release not loaded: photos: release: not found");
    const gone = await rejection(
      engine.delete(type, "apps/photos", { name: "photos", namespace: "apps", skipAwait: true }),
    );
    expect(gone.message).to.contain("uninstall: Release not loaded: photos: release: not found");
    expect(helm.calls()).to.deep.equal([
      "uninstall photos --wait --timeout=60s --namespace apps",
      "uninstall photos --namespace apps",
    ]);
  });

  it("stops an install when it is cancelled, but not an uninstall", async () => {
    helm.setDelay(5);
    const installing = rejection(engine.create(type, demo));
    const uninstalling = engine.delete(type, "apps/photos", demo);
    await poll(() => expect(helm.calls()).to.have.length(2), { what: "helm to run", timeout: 8000 });
    await engine.cancel();
    expect((await installing).message).to.contain("helm install ended with status");
    await uninstalling;
  });

  it("stops helm and leaves no file when the plugin is killed", async () => {
    helm.setDelay(300);
    const temporary = newDirectory();
    const code = `
      import { helm } from ${JSON.stringify(new URL("../../../lab/plugins/kubernetes/helm.ts", import.meta.url).href)};
      await helm({ program: ${JSON.stringify(helm.program)}, args: ["install"], namespace: "n", kubeconfig: "k" });
    `;
    const plugin = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: "ignore",
    });
    await poll(() => expect(helm.pid()).to.be.a("string"), { what: "helm to run", timeout: 8000 });
    plugin.kill("SIGKILL");
    await poll(() => expect(commandLine(helm.pid())).to.equal(""), { what: "helm to end", timeout: 8000 });
    expect(readdirSync(temporary)).to.be.empty;
  });

  it("reads the live status, imports a release, and does not find a deleted one", async () => {
    helm.setRelease({ ...deployed, status: "pending-upgrade" });
    helm.setValues({ greeting: "live" });
    const read = await engine.read(type, "apps/photos", demo, demo);
    expect(read.state.status).to.include({ status: "pending-upgrade" });
    expect(read.state.values).to.deep.equal({ greeting: "live" });
    expect(read.inputs).to.deep.equal(demo);
    const imported = await engine.read(type, "apps/photos");
    expect(imported.inputs).to.deep.equal({
      ...demo,
      version: "1.2.3",
      timeout: 300,
      values: { greeting: "live" },
    });
    helm.setRelease(undefined);
    expect((await engine.read(type, "apps/photos", demo, demo)).id).to.equal("");
  });
});

/** The command line of a process; empty if it has ended. */
function commandLine(pid: string | undefined): string {
  const path = `/proc/${pid ?? ""}/cmdline`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
