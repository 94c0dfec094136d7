import * as pulumi from "@pulumi/pulumi";
import { AsyncResource } from "node:async_hooks";

/**
 * A transform as a part of the run that it was made in. The engine calls it from outside of that.
 *
 * The SDK would write what it returns outside, too, where it does not know whether the engine takes secrets: it would
 * send them as plain text, and so they would lie in the state. Written here they keep their marks.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/
 */
export function transformInRun(transform: pulumi.ResourceTransform): pulumi.ResourceTransform {
  return AsyncResource.bind(async (args: pulumi.ResourceTransformArgs) => {
    const result = await transform(args);
    if (result === undefined) return undefined;
    return { ...result, props: await pulumi.runtime.serializeProperties("props", result.props) };
  });
}
