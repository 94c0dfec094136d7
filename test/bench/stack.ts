import { inCluster } from "../../lab/cluster/index.ts";
import { runStack } from "../../lab/operator.ts";
import { declaredApps, publicUrls, type AppOptions } from "../../lab/stackConfig.ts";
import { domain } from "../../lab/topology.ts";
import { answered } from "./answer.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

export const firstAnswer: Measurement<"stack-up" | "first-200" | "all-200"> = {
  name: "first-200",
  figures: {
    "stack-up": "pulumi up from nothing on a booted lab",
    "first-200": "from the start of that until the first app answers a client over HTTPS",
    "all-200": "from the start of that until every app does",
  },
  runs: 3,
  needsLab: true,
  run: async () => {
    await runStack({ operation: "destroy" });
    await deleteNamespaces(Object.keys(declaredApps()));
    const { up, answers } = await upUntilAnswered(declaredApps(), publicUrls());
    return { "stack-up": up, "first-200": Math.min(...answers), "all-200": Math.max(...answers) };
  },
};

let addedApps = 0;

export const appAdded: Measurement<"app-added" | "app-added-200" | "app-removed"> = {
  name: "app-added",
  figures: {
    "app-added": "pulumi up that adds one app to the declared ones",
    "app-added-200": "from the start of that until the new app answers a client over HTTPS",
    "app-removed": "pulumi up that removes it again",
  },
  runs: 3,
  needsLab: true,
  run: async () => {
    // A new name each time, because Traefik keeps the certificates of names that it has served before.
    const name = `bench-${Date.now().toString(36)}-${++addedApps}`;
    const { up, answers } = await upUntilAnswered({ ...declaredApps(), [name]: standInApp(name) }, [
      `https://${name}.${domain}`,
    ]);
    const removal = await secondsOf(() => runStack({ operation: "up" }));
    await deleteNamespaces([name]);
    return { "app-added": up, "app-added-200": Math.max(...answers), "app-removed": removal };
  },
  cleanUp: () => runStack({ operation: "up" }),
};

/** The user's own app, from the lab's chart. */
function standInApp(name: string): AppOptions {
  return {
    internet: true,
    proxyPort: 8100,
    chart: { name: "./lab/charts/stand-in" },
    service: { namespace: name, name },
  };
}

/** Seconds from the start to the end of `up`, and to the first answer of each URL, which is often earlier. */
async function upUntilAnswered(
  apps: Record<string, AppOptions>,
  urls: string[],
): Promise<{ up: number; answers: number[] }> {
  const failed = new AbortController();
  try {
    const [up, ...answers] = await Promise.all([
      secondsOf(() => runStack({ operation: "up", apps })),
      ...urls.map((url) => secondsOf(() => answered(url, failed.signal))),
    ]);
    return { up, answers };
  } finally {
    failed.abort();
  }
}

/** Removing an app keeps its namespace because of the user's data, which does not exist here. */
async function deleteNamespaces(names: string[]): Promise<void> {
  const options = ["--ignore-not-found", "--request-timeout=2m", "--timeout=2m"];
  await inCluster(["delete", "namespace", ...names, ...options]);
}
