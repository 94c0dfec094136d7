import { expect } from "chai";
import { explainRelease } from "../../../../components/app/helmFailure.ts";
import { makeHelmRelease } from "../../../../components/app/helmRelease.ts";
import { startHttpApi } from "../../httpApi.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { runProgram } from "../engine.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";
const release = { name: "immich", namespace: "media", chart: "immich", values: {}, timeoutSeconds: 60 };
const record = {
  metadata: {
    name: "sh.helm.release.v1.immich.v1",
    labels: { version: "1", status: "deployed", createdAt: "1" },
  },
};

/** Which of Helm's records the hook before a creation deletes, in a stack whose state has these outputs. */
async function forgotten(outputs: object): Promise<string[]> {
  const api = await startHttpApi(({ method }) => [200, method === "GET" ? { items: [record] } : {}]);
  try {
    const { hooks } = await runProgram(
      () => {
        makeHelmRelease("immich-release", { app: "immich", release, kubeconfig: kubeconfigOf(api.url) }, {});
      },
      { call: { "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs }) } },
    );
    const ours = hooks.filter(
      ({ name }) => name.includes("beforeCreate") && name.includes("immich-release_"),
    );
    expect(ours).to.have.lengthOf(1);
    for (const { callback } of ours) await callback();
    return api.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  } finally {
    await api.stop();
  }
}

const inState = (name: string, namespace: string, release: string) => ({
  [`urn:pulumi:prod::mynodeone::${releaseType}::${name}`]: {
    type: releaseType,
    outputs: { namespace, name: release },
  },
});

describe("a Helm release that failed", () => {
  const explained = (error: string) => explainRelease(error, "immich", release);

  it("is explained if Helm does not reach the schemas of its values", () => {
    const error =
      "values don't meet the specifications of the schema(s) in the following chart(s):\nimmich:\nfailing loading \"https://" +
      'raw.githubusercontent.com/a.json": HTTP request failed for https://raw.githubusercontent.com/a.json: Get "…": EOF';
    expect(explained(error)).to.contain("raw.githubusercontent.com").and.to.contain("HTTPS_PROXY");
  });

  it("is explained if the app was not ready in time, and otherwise left to Helm's words", () => {
    expect(explained("client rate limiter: context deadline exceeded")).to.contain("chart.timeout is 60");
    expect(explained("cannot re-use a name that is still in use")).to.equal(undefined);
    expect(explained("values don't meet the specifications of the schema(s)")).to.equal(undefined);
  });
});

describe("before a Helm release is installed", () => {
  it("what an interrupted run has left of it is forgotten", async () => {
    const path = "/api/v1/namespaces/media/secrets/sh.helm.release.v1.immich.v1";
    expect(await forgotten({})).to.deep.equal([path]);
    expect(await forgotten(inState("other-release", "media", "other"))).to.deep.equal([path]);
  });

  it("nothing is forgotten of one that the state has: this creation replaces it", async () => {
    expect(await forgotten(inState("immich-release", "media", "immich"))).to.deep.equal([]);
    expect(await forgotten(inState("photos-release", "media", "immich"))).to.deep.equal([]);
  });
});
