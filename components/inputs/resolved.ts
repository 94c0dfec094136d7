import * as pulumi from "@pulumi/pulumi";

/** The value of an output that the run knows: for hooks, which the engine calls when nothing is unknown any more. */
export function resolved<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply(resolve));
}
