import * as pulumi from "@pulumi/pulumi";

/** By run: nothing may outlive one, and each has a stack resource of its own. */
const readings = new WeakMap<pulumi.Resource, Promise<ReadonlySet<string>>>();

/**
 * Whether the stack's state has a resource of this type and name, as far as the engine can tell: what
 * is missing there and exists nevertheless was made by an operation that was cut off before it could
 * write it down. An engine that cannot tell is taken at its best: everything is recorded.
 */
export async function isRecorded(type: string, name: string): Promise<boolean> {
  const root = pulumi.runtime.getStackResource();
  const reading = (root && readings.get(root)) ?? recordedUrns();
  if (root) readings.set(root, reading);
  try {
    return [...(await reading)].some((urn) => urn.endsWith(`${type}::${name}`));
  } catch (error) {
    await pulumi.log.debug(`the engine does not tell what its state has: ${String(error)}`);
    return true;
  }
}

/** What a stack reference to the stack itself would read, if it read resources: a function of the engine's own. */
async function recordedUrns(): Promise<ReadonlySet<string>> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const call = pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const { outputs } = (await call) as { outputs: Record<string, unknown> };
  return new Set(Object.keys(outputs));
}
