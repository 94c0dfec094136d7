import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { transformInRun } from "../../../../components/state/index.ts";
import { secret } from "../../pulumiSecret.ts";
import { among, outsideTheRun } from "./state.ts";

describe("a transform", () => {
  /** The SDK's message to the engine for the result of a transform. */
  const sent = (wrap: (transform: pulumi.ResourceTransform) => pulumi.ResourceTransform) =>
    among({}, () => {
      const transform = wrap(({ props, opts }) => ({ props, opts }));
      const props = { connection: { key: pulumi.secret("a key") } };
      return outsideTheRun(async () => {
        const result = await transform({ custom: true, type: "t", name: "n", props, opts: {} });
        return pulumi.runtime.serializeProperties("props", result?.props ?? {});
      });
    });

  it("keeps secrets, although the SDK serializes its result outside the run", async () => {
    expect(await sent(transformInRun)).to.deep.equal({ connection: { key: secret("a key") } });
  });

  it("that is not bound to its run sends them in plain text (the control)", async () => {
    const why = "The SDK keeps secrets outside of a run now: transformInRun.ts need not serialize any more";
    expect(await sent((transform) => transform), why).to.deep.equal({ connection: { key: "a key" } });
  });

  it("that changes nothing has no result", async () => {
    const args = { custom: true, type: "t", name: "n", props: {}, opts: {} };
    expect(await among({}, () => transformInRun(() => undefined)(args))).to.equal(undefined);
  });
});
