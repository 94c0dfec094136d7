import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { PlanError, previewPlan } from "../exposure/plan/preview.ts";
import { renderPlan } from "../exposure/plan/render.ts";

export interface PlanOptions {
  /** @default the selected stack */
  stack?: string;
  /** Whether the plan is for a comment on a pull request. @default false */
  markdown?: boolean;
}

/**
 * Prints what a `pulumi up` would open and close, followed by Pulumi's own preview. Changes nothing.
 *
 * @param workDir directory of Pulumi.yaml and the stacks' files
 * @returns whether the preview succeeded
 */
export async function plan({ stack, markdown = false }: PlanOptions, workDir: string): Promise<boolean> {
  try {
    const previewed = await withStack(stack, workDir, (one) => previewPlan(one));
    process.stdout.write(renderPlan(previewed, { markdown }));
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** The Automation API selects the stack that it opens, so the user's selection is restored. */
async function withStack<T>(
  name: string | undefined,
  workDir: string,
  body: (stack: Stack) => Promise<T>,
): Promise<T> {
  const workspace = await LocalWorkspace.create({ workDir });
  const selected = (await workspace.stack())?.name;
  const stackName = name ?? selected;
  if (stackName === undefined) throw new PlanError("no stack is selected. Name one: --stack prod");
  try {
    return await body(await LocalWorkspace.selectStack({ stackName, workDir }));
  } finally {
    if (selected !== undefined && selected !== stackName) await workspace.selectStack(selected);
  }
}
