import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inCluster } from "../../lab/cluster/index.ts";
import { runStack } from "../../lab/operator.ts";
import { runBareStack, type BareStack } from "./bareStack.ts";
import { countResources, expectNoChange } from "./checkpoint.ts";
import { runManyApps, sharedService } from "./manyApps.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

type Step = "first-preview" | "first-up" | "preview" | "up";

const steps: Record<Step, string> = {
  "first-preview": "pulumi preview of them before they are there",
  "first-up": "pulumi up that makes them, on hosts that are set up",
  preview: "pulumi preview that changes nothing",
  up: "pulumi up that changes nothing",
};

/** Preview and up with this many apps on the internet, compared with a bare program of as many resources. */
function manyApps(count: number): Measurement {
  const name = `apps-${count}`;
  const noun = count === 1 ? "1 app" : `${count} apps`;
  const figures = Object.entries(steps).flatMap(([step, what]) => [
    [`${name}-${step}`, `${noun}: ${what}`],
    [`${name}-${step}-bare`, "the same of a bare program with as many resources"],
  ]);
  return {
    name,
    figures: Object.fromEntries(figures) as Record<string, string>,
    runs: 1,
    needsLab: true,
    onRequest: true,
    prepare: async () => {
      await inCluster(["apply", "-f", "-"], backend());
      await inCluster(["-n", sharedService.namespace, "rollout", "status", "deployment/bench"]);
    },
    run: () => run(name, count),
    cleanUp: async () => {
      await runStack({ operation: "up" });
      await inCluster(["delete", "namespace", sharedService.namespace, "--ignore-not-found"]);
    },
  };
}

export const scale = [1, 10, 50, 100].map(manyApps);

async function run(name: string, apps: number): Promise<Record<string, number>> {
  await runManyApps({ operation: "up", apps: 0 });
  const real: Record<Step, number> = {
    "first-preview": await secondsOf(() => runManyApps({ operation: "preview", apps })),
    "first-up": await secondsOf(() => runManyApps({ operation: "up", apps })),
    preview: await secondsOf(async () => {
      expectNoChange(await runManyApps({ operation: "preview", apps }));
    }),
    up: await secondsOf(async () => {
      expectNoChange(await runManyApps({ operation: "up", apps }));
    }),
  };
  const bare = await runBare();
  return Object.fromEntries(
    Object.keys(steps).flatMap((step) => [
      [`${name}-${step}`, real[step as Step]],
      [`${name}-${step}-bare`, bare[step as Step]],
    ]),
  );
}

/** With as many resources as the lab's stack has now. */
async function runBare(): Promise<Record<Step, number>> {
  const directory = mkdtempSync(join(tmpdir(), "mynodeone-bench-"));
  const stack: BareStack = { directory, ...countResources() };
  const preview = () => runBareStack(stack, "preview");
  try {
    return {
      "first-preview": await secondsOf(preview),
      "first-up": await secondsOf(() => runBareStack(stack)),
      preview: await secondsOf(preview),
      up: await secondsOf(async () => {
        expectNoChange(await runBareStack(stack));
      }),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The Service and its pod. */
function backend(): string {
  const { namespace, name, port } = sharedService;
  const labels = { app: name };
  const container = { name, image: "lab.test/go-httpbin:lab", imagePullPolicy: "Never" };
  const metadata = { name, namespace };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
      {
        ...{ apiVersion: "v1", kind: "Service", metadata },
        spec: { selector: labels, ports: [{ port, targetPort: 8080 }] },
      },
    ],
  });
}
