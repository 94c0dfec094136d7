/** `npm run plan`: what a `pulumi up` would open and close, and Pulumi's own preview below. Changes nothing. */
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { PlanError, previewPlan } from "../exposure/plan/preview.ts";
import { renderPlan } from "../exposure/plan/render.ts";

const workDir = resolve(import.meta.dirname, "..");

const usage = `usage: npm run plan -- [--stack NAME] [--markdown]

  --stack NAME  the stack to preview; the selected one if left out
  --markdown    for a comment on a pull request`;

async function main(): Promise<void> {
  const { stack, markdown, help } = options();
  if (help) {
    console.log(usage);
    return;
  }
  const previewed = await withStack(stack, (one) => previewPlan(one));
  process.stdout.write(renderPlan(previewed, { markdown }));
}

function options() {
  try {
    return parseArgs({
      options: {
        stack: { type: "string" },
        markdown: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new PlanError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** The Automation API selects the stack that it opens; the user's selection comes back. */
async function withStack<T>(name: string | undefined, body: (stack: Stack) => Promise<T>): Promise<T> {
  const workspace = await LocalWorkspace.create({ workDir });
  const selected = (await workspace.stack())?.name;
  const stackName = name ?? selected;
  if (stackName === undefined) throw new PlanError(`no stack is selected. Name one: --stack prod\n${usage}`);
  try {
    return await body(await LocalWorkspace.selectStack({ stackName, workDir }));
  } finally {
    if (selected !== undefined && selected !== stackName) await workspace.selectStack(selected);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
