import * as pulumi from "@pulumi/pulumi";

/** The value of a known output, for hooks: the engine calls them when all values are known. */
export function resolved<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply(resolve));
}
