import * as pulumi from "@pulumi/pulumi";

/** A resource as the stack's state has it. */
export interface Recorded {
  urn: string;
  type: string;
  outputs: Record<string, unknown>;
}

/** By run: nothing may outlive one, and each has a stack resource of its own. */
const readings = new WeakMap<pulumi.Resource, ReturnType<typeof readState>>();

/**
 * What the stack's state has of a type, as it was when this was first called in this run: what exists
 * and is missing there was made by an operation that was cut off before it could write it down.
 * Undefined where the engine does not tell.
 */
export async function recordedResources(type: string): Promise<Recorded[] | undefined> {
  const root = pulumi.runtime.getStackResource();
  const reading = (root && readings.get(root)) ?? readState();
  if (root) readings.set(root, reading);
  return (await reading)?.filter((resource) => resource.type === type);
}

/** What a stack reference to the stack itself would read, if it read resources: a function of the engine's own. */
async function readState(): Promise<Recorded[] | undefined> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  try {
    const call = pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    const { outputs } = (await call) as { outputs: Record<string, Omit<Recorded, "urn">> };
    return Object.entries(outputs).map(([urn, resource]) => ({ urn, ...resource }));
  } catch (error) {
    await pulumi.log.debug(`the engine does not tell what its state has: ${String(error)}`);
    return undefined;
  }
}
