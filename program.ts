import * as pulumi from "@pulumi/pulumi";
import { connectCluster, TailnetPolicy } from "./components/index.ts";
import { noticesOf } from "./config/index.ts";
import type { Settings } from "./config/index.ts";
import { describeTopology } from "./exposure/index.ts";
import type { Topology } from "./exposure/index.ts";
import { lookUp } from "./lookups/index.ts";
import { makeApps, safetyAsMade } from "./program/apps.ts";
import { checkHosts, makeControlPlane, makeEdges } from "./program/hosts.ts";
import { readSettings, writtenKeys } from "./program/settings.ts";

export type { Hop, Topology, TopologyApp, TopologyHost } from "./exposure/index.ts";

/** Outputs of a stack. */
export interface StackOutputs {
  /** The URL for users, by app. */
  urls: Record<string, pulumi.Output<string>>;
  /** What the user has to do, by app. */
  nextSteps: Record<string, string[]>;
  /** All hops of every app. */
  topology: Topology;
}

/**
 * The stack: platform first, then one `HybridApp` per app. It is a function, so that the Automation API can run it
 * again in the same process; nothing outlives a run.
 */
export default async function program(): Promise<StackOutputs> {
  const config = new pulumi.Config("mynodeone");
  return buildStack(readSettings(config), config);
}

/** Creates the stack from settings, and the config's secrets. */
export async function buildStack(settings: Settings, config: pulumi.Config): Promise<StackOutputs> {
  await warn(noticesOf(settings, writtenKeys(config)));
  const kubeconfig = config.getSecret("kubeconfig");
  const found = await lookUp(settings, kubeconfig);
  await warn(found.policy.notices);

  const cluster = await connectCluster(kubeconfig);
  const hosts = { settings, found, config };
  // Nothing is changed anywhere before all hosts have passed their checks.
  const checked = { dependsOn: checkHosts(hosts) };
  if (found.policy.write) new TailnetPolicy("tailnet", found.policy.write, checked);
  const controlPlane = makeControlPlane(hosts, checked);
  const edges = makeEdges(hosts, checked);
  const apps = makeApps({ ...hosts, controlPlane, edges, cluster }, checked);

  return {
    urls: Object.fromEntries(apps.map(({ spec, app }) => [spec.name, app.url])),
    nextSteps: Object.fromEntries(
      settings.apps.filter(({ nextSteps }) => nextSteps.length > 0).map((app) => [app.name, app.nextSteps]),
    ),
    topology: describeTopology(
      { domain: settings.platform.domain, ...found },
      apps.map(({ spec, app }) => ({ ...spec, safety: safetyAsMade(spec), exposure: app.exposure })),
    ),
  };
}

async function warn(notices: readonly string[]): Promise<void> {
  for (const notice of notices) await pulumi.log.warn(notice);
}
