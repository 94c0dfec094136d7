import { expect } from "chai";
import { explainRelease } from "../../../../components/app/helmFailure.ts";
import { makeHelmRelease } from "../../../../components/app/helmRelease.ts";
import { startHttpApi } from "../../httpApi.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { rejection } from "../../rejection.ts";
import { find, runProgram } from "../engine.ts";
import { engineWith, inState, outsideTheRun } from "../state/state.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";
const release = { name: "immich", namespace: "media", chart: "immich", values: {}, timeoutSeconds: 60 };
const record = {
  metadata: {
    name: "sh.helm.release.v1.immich.v1",
    labels: { version: "1", status: "deployed", createdAt: "1" },
  },
};

/** Runs the hooks before a resource is created in a stack with this state; returns the records that they delete. */
async function beforeCreation(resource: string, state: Record<string, object>): Promise<string[]> {
  const api = await startHttpApi(({ method }) => [200, method === "GET" ? { items: [record] } : {}]);
  try {
    const { hooks } = await runProgram(() => {
      makeHelmRelease("immich-release", { app: "immich", release, kubeconfig: kubeconfigOf(api.url) }, {});
    }, engineWith(state));
    const ours = hooks.filter(({ name }) => name.includes("beforeCreate") && name.includes(`${resource}_`));
    expect(ours).to.have.lengthOf(1);
    for (const { callback } of ours) await outsideTheRun(callback);
    return api.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  } finally {
    await api.stop();
  }
}

const released = (resource: string, namespace: string, name: string) =>
  inState(releaseType, resource, { namespace, name });
const forgotten = (state: Record<string, object>) => beforeCreation("immich-release", state);

describe("a Helm release that failed", () => {
  const explained = (error: string) => explainRelease(error, "immich", release);

  it("is explained if Helm cannot download the schemas of its values", () => {
    const error =
      "values don't meet the specifications of the schema(s) in the following chart(s):\nimmich:\nfailing loading \"https://" +
      'raw.githubusercontent.com/a.json": HTTP request failed for https://raw.githubusercontent.com/a.json: Get "…": EOF';
    expect(explained(error)).to.contain("raw.githubusercontent.com").and.to.contain("HTTPS_PROXY");
  });

  it("is explained if the app was not ready in time, and otherwise reported with Helm's message", () => {
    expect(explained("client rate limiter: context deadline exceeded")).to.contain("chart.timeout is 60");
    expect(explained("cannot re-use a name that is still in use")).to.equal(undefined);
    expect(explained("values don't meet the specifications of the schema(s)")).to.equal(undefined);
  });
});

describe("before a Helm release is installed", () => {
  it("the records of an interrupted run are deleted", async () => {
    const path = "/api/v1/namespaces/media/secrets/sh.helm.release.v1.immich.v1";
    expect(await forgotten({})).to.deep.equal([path]);
    expect(await forgotten(released("other-release", "media", "other"))).to.deep.equal([path]);
  });

  it("no records are deleted if the state has the release, which this creation replaces", async () => {
    expect(await forgotten(released("immich-release", "media", "immich"))).to.deep.equal([]);
    expect(await forgotten(released("photos-release", "media", "immich"))).to.deep.equal([]);
  });
});

describe("a Helm release that another program has installed", () => {
  const claim = (state: Record<string, object>) => beforeCreation("immich-release-claim", state);

  it("cannot be claimed by an app: the run fails before it changes the release", async () => {
    const { message } = await rejection(claim({}));
    expect(message).to.contain("media/immich already exists").and.contain("helm uninstall immich");
    const { resources } = await runProgram(() => {
      makeHelmRelease("immich-release", { app: "immich", release }, {});
    });
    expect(find(resources, "immich-release").dependencies).to.include("immich-release-claim");
  });

  it("is distinguished from this stack's own by the state (the control)", async () => {
    expect(await claim(released("immich-release", "media", "immich"))).to.deep.equal([]);
  });
});
