import { expect } from "chai";
import fc from "fast-check";
import type { Values } from "../../../../apps/values.ts";
import { effectsOf } from "../../../../tools/catalogue/effects.ts";
import { leavesOf, pathText, withoutLeaf } from "../../../../tools/catalogue/leaves.ts";
import { readManifests } from "../../../../tools/catalogue/rendered.ts";

const values = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Values>;

describe("leavesOf and withoutLeaf", () => {
  it("omit each value once, and no other", () => {
    fc.assert(
      fc.property(values, (all) => {
        const leaves = leavesOf(all);
        for (const [path] of leaves) {
          const left = leavesOf(withoutLeaf(all, path));
          expect(left).to.have.lengthOf(leaves.length - 1);
        }
      }),
    );
  });

  it("keep the other items of a list, and remove a map that becomes empty", () => {
    const all = { env: [{ name: "A" }, { name: "B" }], map: { only: 1 } };
    expect(leavesOf(all).map(([path]) => pathText(path))).to.deep.equal(["env.0", "env.1", "map.only"]);
    expect(withoutLeaf(all, ["env", 0])).to.deep.equal({ env: [{ name: "B" }], map: { only: 1 } });
    expect(withoutLeaf(all, ["map", "only"])).to.deep.equal({ env: [{ name: "A" }, { name: "B" }] });
  });
});

describe("effectsOf", () => {
  /** A chart that reads `used` and `port`, and insists on `claim`. */
  const render = (given: Values) =>
    Promise.resolve(given.claim === undefined ? undefined : [{ used: given.used, port: given.port ?? 80 }]);

  it("distinguishes values that change something, that are required, and that do nothing", async () => {
    expect(await effectsOf([{ claim: "a", used: 1, port: 80, misspelt: true }], render)).to.deep.equal({
      claim: "required",
      used: "changes",
      port: "nothing",
      misspelt: "nothing",
    });
  });

  it("reports a value that does nothing in one of several contexts", async () => {
    const ways = [80, 81].map((port) => ({ claim: "a", port }));
    for (const order of [ways, ways.toReversed()])
      expect(await effectsOf(order, render)).to.deep.equal({ claim: "required", port: "nothing" });
  });

  it("refuses a chart that renders differently each time", async () => {
    let draws = 0;
    const failure = await effectsOf([{}], () => Promise.resolve([draws++])).catch(String);
    expect(failure).to.include("differently each time");
  });
});

describe("readManifests", () => {
  const container = {
    name: "main",
    image: "app:1@sha256:00",
    livenessProbe: { tcpSocket: { port: "http" } },
  };
  const deployment = {
    kind: "Deployment",
    metadata: { name: "app" },
    spec: {
      strategy: { type: "Recreate" },
      template: {
        spec: { containers: [container], volumes: [{ persistentVolumeClaim: { claimName: "data" } }, {}] },
      },
    },
  };
  const service = {
    kind: "Service",
    metadata: { name: "app" },
    spec: { ports: [{ port: 80 }], clusterIP: "None" },
  };
  const test = { ...deployment, metadata: { name: "test", annotations: { "helm.sh/hook": "test-success" } } };

  it("fills in Kubernetes' defaults, and skips objects of `helm test`", () => {
    expect(readManifests([deployment, service, test])).to.deep.equal({
      services: [{ name: "app", headless: true, ports: [{ port: 80, targetPort: 80 }] }],
      workloads: [
        {
          kind: "Deployment",
          name: "app",
          strategy: "Recreate",
          claims: ["data"],
          containers: [
            {
              name: "main",
              image: "app:1",
              memory: { request: undefined, limit: undefined },
              probes: {
                liveness: { asks: "tcp http", timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 },
              },
            },
          ],
        },
      ],
    });
  });
});
