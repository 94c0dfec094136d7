/**
 * The cost of Pulumi itself: a program whose resources need no provider.
 *
 * It has as many components as the lab's stack, and one `Stash`, which the engine itself manages, for each of that
 * stack's other resources. Everything else is equal: a separate Node process in the laptop's network, the engine, the
 * file backend, the config set before. The additional time of the lab's stack is therefore that of its SDKs, its
 * config, its providers and their lookups.
 *
 * As a module: starts that program. As a program: reads a `BareStack` on stdin, writes the changes on stdout.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/stash/
 */
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation/index.js";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { openStack, withoutReports } from "../../lab/automation.ts";
import { paths } from "../../lab/paths.ts";
import { runInNetwork } from "../../lab/run.ts";

export interface BareStack {
  /** The directory of the state, which is kept between runs. */
  directory: string;
  components: number;
  customs: number;
}

type Operation = "up" | "preview";

const self = fileURLToPath(import.meta.url);

/** Runs one operation in a separate process and returns the number of resources by step. */
export async function runBareStack(stack: BareStack, operation: Operation = "up"): Promise<OpMap> {
  const input = JSON.stringify({ ...stack, operation });
  const output = await runInNetwork("laptop", [process.execPath, self], {
    input,
    env: { NODE_COMPILE_CACHE: paths.compiled },
  });
  return JSON.parse(output) as OpMap;
}

async function operate({ directory, components, customs }: BareStack, operation: Operation): Promise<OpMap> {
  const program = () => {
    for (const index of Array(components).keys()) {
      new pulumi.ComponentResource("bench:index:Component", `component-${index}`);
    }
    for (const index of Array(customs).keys()) {
      new pulumi.Stash(`custom-${index}`, { input: `value ${index}` });
    }
    return Promise.resolve({ resources: components + customs });
  };
  const stack = await openStack(
    { stackName: "bare", projectName: "bench", program },
    {
      workDir: directory,
      projectSettings: { name: "bench", runtime: "nodejs", backend: { url: `file://${directory}` } },
      envVars: { PULUMI_CONFIG_PASSPHRASE: "bench", PULUMI_SKIP_UPDATE_CHECK: "true" },
    },
  );
  await stack.setAllConfig({ "bench:size": { value: String(components + customs) } });
  let changes: OpMap = {};
  const onEvent = ({ summaryEvent }: EngineEvent) => {
    if (summaryEvent) changes = summaryEvent.resourceChanges;
  };
  await withoutReports(stack)[operation]({ onEvent, color: "never" });
  return changes;
}

if (process.argv[1] === self) {
  const request = JSON.parse(await text(process.stdin)) as BareStack & { operation: Operation };
  process.stdout.write(JSON.stringify(await operate(request, request.operation)));
}
