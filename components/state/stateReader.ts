import * as pulumi from "@pulumi/pulumi";
import type { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";

const { ResourceInvokeRequest } = messages;
const { Struct } = structMessages;

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

/**
 * What a stack reference to the stack itself would read, if it read resources: a function of the engine's own.
 *
 * Asked of the engine directly: the SDK's `invoke` writes each answer into the debug log, and this one has the secrets
 * of the state in it.
 */
async function readState(): Promise<Recorded[] | undefined> {
  const request = new ResourceInvokeRequest();
  request.setTok("pulumi:pulumi:readStackResourceOutputs");
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  request.setArgs(Struct.fromJavaScript({ stackName }));
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const answer = await new Promise<InvokeResponse | undefined>((resolve, reject) => {
      pulumi.runtime.getMonitor()?.invoke(request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
    const returned = answer?.getReturn();
    if (returned === undefined) return undefined;
    const properties = pulumi.runtime.deserializeProperties(returned) as Record<string, unknown>;
    const outputs = pulumi.runtime.unwrapRpcSecret(properties.outputs) as Record<
      string,
      Omit<Recorded, "urn">
    >;
    return Object.entries(outputs).map(([urn, resource]) => ({ urn, ...resource }));
  } catch (error) {
    await pulumi.log.debug(`the engine does not tell what its state has: ${String(error)}`);
    return undefined;
  } finally {
    done();
  }
}
