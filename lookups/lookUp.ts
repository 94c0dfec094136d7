import type * as pulumi from "@pulumi/pulumi";
import { resolved } from "../components/inputs/resolved.ts";
import type { Settings } from "../config/index.ts";
import { lookUpCluster } from "./cluster.ts";
import type { ClusterFacts } from "./cluster.ts";
import { Findings } from "./findings.ts";
import { lookUpHosts } from "./hosts.ts";
import type { Hosts } from "./hosts.ts";
import { lookUpZone } from "./records.ts";
import { planTailnetPolicy } from "./tailnetPolicy/plan.ts";
import type { PolicyPlan } from "./tailnetPolicy/plan.ts";

/** Results of the lookups for the config's names. */
export interface Found extends Pick<Hosts, "controlPlane" | "edges"> {
  /** What to do about the tailnet's policy. */
  policy: PolicyPlan;
  /** Id of the domain's zone; undefined if no app is on the internet. */
  zoneId?: string;
  cluster: ClusterFacts;
}

/**
 * Looks up everything that the config refers to, and checks the config against it. It only reads from the vendors and
 * the cluster, so a preview refuses a config that cannot work.
 *
 * @param kubeconfig @default `KUBECONFIG`, or `~/.kube/config`
 * @throws pulumi.RunError with all problems at once, and with the vendors that did not answer
 */
export async function lookUp(
  { platform, apps }: Settings,
  kubeconfig: pulumi.Output<string> | undefined,
): Promise<Found> {
  const findings = new Findings();
  const located = lookUpHosts(platform, findings);
  const home = located.then((hosts) => hosts?.controlPlane.tailnetIp);
  const [hosts, zone, cluster] = await Promise.all([
    located,
    lookUpZone(platform, apps, findings),
    lookUpCluster(platform, apps, await resolved(kubeconfig), home, findings),
  ]);
  const policy =
    hosts &&
    (await findings.attempt(["tailnetPolicy"], () => planTailnetPolicy(platform.tailnetPolicy, apps, hosts)));
  const found = findings.complete({ hosts, cluster, policy });
  const { controlPlane, edges } = found.hosts;
  return { controlPlane, edges, ...zone, cluster: found.cluster, policy: found.policy };
}
