/**
 * What Pulumi itself costs: a program whose resources need no provider.
 *
 * It has as many components as the lab's stack, and for each of that stack's other resources one `Stash`, which
 * the engine keeps itself. All around it is alike: a Node process of its own in the laptop's network, engine,
 * file backend, config set before. So what the lab's stack takes longer is the SDKs and
 * the config that it loads, the providers that it starts and what these look up.
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
  /** Where the state lies, from one run to the next. */
  directory: string;
  components: number;
  customs: number;
}

type Operation = "up" | "preview";

const self = fileURLToPath(import.meta.url);

/** One operation, in a process of its own: what happened to how many resources. */
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
