import * as pulumi from "@pulumi/pulumi";
import { hookInRun } from "./hookInRun.ts";

/**
 * A transform bound to the run that created it; the engine calls it outside of any run.
 *
 * The SDK also serializes the result outside of the run. There it does not know that the engine supports secrets, and
 * writes them as plain text into the state. Properties that are serialized here keep their secret marks.
 *
 * Proof in the lab: "appears in no output, event or state of an up that renames a host" in
 * `test/lab/proofs/secrets.test.ts`.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/
 */
export function transformInRun(transform: pulumi.ResourceTransform): pulumi.ResourceTransform {
  return hookInRun(async (args: pulumi.ResourceTransformArgs) => {
    const result = await transform(args);
    if (result === undefined) return undefined;
    return { ...result, props: await pulumi.runtime.serializeProperties("props", result.props) };
  });
}
