import * as pulumi from "@pulumi/pulumi";
import type { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { internalError, useTestedEngine } from "./sdk.ts";

/** A resource in the stack's state. */
export interface ResourceInState {
  urn: string;
  /** The name that the program gave it. */
  name: string;
  type: string;
  /** Plain values, including secrets. */
  outputs: Record<string, unknown>;
}

/** An internal function of the engine, for stack references. */
export const readFunction = "pulumi:pulumi:readStackResourceOutputs";

/** Keyed by run: no state may outlive a run, and each run has a separate stack resource. */
const readings = new WeakMap<pulumi.Resource, ReturnType<typeof readState>>();

/**
 * The resources of a type in the stack's state, read once per run at the first call. An existing object that is missing
 * from it was created by an interrupted run.
 *
 * Proof in the lab: all of `test/lab/proofs/interrupted/cutOff.test.ts`.
 *
 * @throws RunError if the engine does not answer. If an unknown state counted as empty, renamed resources would be
 * replaced, and other programs' releases adopted.
 */
export async function resourcesInState(type: string): Promise<ResourceInState[]> {
  const root = pulumi.runtime.getStackResource();
  const reading = (root && readings.get(root)) ?? readState();
  if (root) readings.set(root, reading);
  return (await reading).filter((resource) => resource.type === type);
}

async function readState(): Promise<ResourceInState[]> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const outputs = outputsOf(await ask(stackName));
    return Object.entries(outputs).map(([urn, resource]) => ({ urn, name: nameOf(urn), ...resource }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw internalError(
      `the state of the stack ${stackName} cannot be read: ${reason}`,
      /stack name may only contain/.test(reason)
        ? "The backend uses the layout of Pulumi before 3.61. Run: pulumi state upgrade"
        : useTestedEngine,
    );
  } finally {
    done();
  }
}

/** Asks the engine directly: the SDK's `invoke` would log the answer, which contains secrets, at debug level. */
function ask(stackName: string): Promise<InvokeResponse> {
  const request = new messages.ResourceInvokeRequest();
  request.setTok(readFunction);
  request.setArgs(structMessages.Struct.fromJavaScript({ stackName }));
  return new Promise((resolve, reject) => {
    const monitor = pulumi.runtime.getMonitor();
    if (monitor === undefined) throw new Error("no engine is connected");
    monitor.invoke(request, (error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

function outputsOf(answer: InvokeResponse): Record<string, Omit<ResourceInState, "urn" | "name">> {
  const returned = answer.getReturn();
  const properties = returned && pulumi.runtime.deserializeProperties(returned);
  if (properties?.outputs === undefined) {
    throw new Error(`the answer has no outputs; a mock must answer ${readFunction} with { outputs: {} }`);
  }
  return pulumi.runtime.unwrapRpcSecret(properties.outputs) as ReturnType<typeof outputsOf>;
}

/** A name may contain the separator. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
