import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import type { Topology } from "../topology.ts";
import { compareTopologies, type Plan } from "./compare.ts";

/** A preview that contains no readable plan. */
export class PlanError extends Error {
  override name = "PlanError";
}

/** A plan, and Pulumi's own output of the same preview. */
export interface PreviewedPlan {
  plan: Plan;
  diff: string;
}

/**
 * Previews a stack, and compares who could reach what with the last update. Changes nothing.
 *
 * @param onOutput receives the engine's output while it runs
 * @throws PlanError if the program's `topology` is unknown in a preview
 */
export async function previewPlan(
  stack: Stack,
  onOutput: (text: string) => void = () => undefined,
): Promise<PreviewedPlan> {
  const before = readTopology((await stack.outputs()).topology?.value);
  let planned: unknown;
  let diff = "";
  await stack.preview({
    color: "never",
    // The topology is long, and the plan summarises it.
    suppressOutputs: true,
    onOutput: (text) => {
      diff += text;
      onOutput(text);
    },
    onEvent: (event) => {
      planned = stackOutputs(event)?.topology ?? planned;
    },
  });
  const after = readTopology(planned);
  if (after === undefined) {
    throw new PlanError(
      "the preview contains no topology, because an address in the tailnet is not known yet. Set tailnetIp " +
        "for each host, or run `pulumi preview` itself.",
    );
  }
  return { plan: compareTopologies(before, after), diff: withoutProgress(diff) };
}

/** The engine's output without progress lines. */
function withoutProgress(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("@ ") && !/^\s+pulumi:pulumi:Stack \S+ running\b/.test(line))
    .join("\n");
}

function stackOutputs({ resOutputsEvent }: EngineEvent): Record<string, unknown> | undefined {
  const metadata = resOutputsEvent?.metadata;
  return metadata?.type === "pulumi:pulumi:Stack" ? metadata.new?.outputs : undefined;
}

/** A value unknown to the engine is a placeholder, not a map. */
function readTopology(value: unknown): Topology | undefined {
  return typeof value === "object" && value !== null && "apps" in value ? (value as Topology) : undefined;
}
