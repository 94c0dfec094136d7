import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import { explainRelease } from "./helmFailure.ts";
import { HelmHistory, type Revision } from "./helmHistory.ts";
import { claim, hookInRun, resourcesInState } from "../state/index.ts";
import { resolved } from "../inputs/resolved.ts";
import { create, type Transform } from "../inputs/transform.ts";

/** A Helm release: https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/ */
export interface AppReleaseArgs {
  name: string;
  namespace: string;
  /** A name within `repository`, an `oci://` reference or a local path. */
  chart: string;
  /** URL of an HTTP chart repository. @default none */
  repository?: string;
  /** @default the newest */
  version?: string;
  /** The chart's values. */
  values: Record<string, unknown>;
  /** How long Helm waits for the app to become ready, in seconds. */
  timeoutSeconds: number;
}

/** A release, and what messages and lookups need. */
interface HelmReleaseArgs {
  /** The app that it belongs to, for messages. */
  app: string;
  release: AppReleaseArgs;
  /**
   * The cluster, for a look into what Helm remembers.
   * @default `KUBECONFIG`, or `~/.kube/config`
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * What a user wants changed of the release.
   * @default nothing
   */
  transform?: Transform<ReleaseArgs> | undefined;
}

const releaseType = "kubernetes:helm.sh/v3:Release";
/** A helm whose engine was killed may go on for a while, and finish. */
const graceSeconds = 30;

/**
 * A Helm release that a run which was cut off does not block.
 *
 * Killed in the middle, Helm leaves the release `pending-*`, and refuses to touch it from then on.
 * Killed a moment later, the release is whole, and the engine does not know it. Both are mended
 * before the release is made or changed. What is forgotten is Helm's own note, never an object:
 * Helm takes the objects that it finds for its own, by their annotations, and changes what differs.
 *
 * The claim goes into the state first. So a release that the cluster has and the state has not is
 * ours if the claim is there, and somebody else's if it is not: that one is never touched.
 */
export function makeHelmRelease(
  name: string,
  { app, release, kubeconfig, transform }: HelmReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): Release {
  const id = `${release.namespace}/${release.name}`;
  const history = async () => HelmHistory.open(await resolved(kubeconfig), release.namespace, release.name);

  const refusal = async () =>
    (await (await history()).revisions()).length === 0
      ? undefined
      : `HybridApp "${app}": chart: the Helm release ${id} is in the cluster already, and not this stack's. ` +
        `Write service: { namespace, name } to use it as it is, or uninstall it: ` +
        `helm uninstall ${release.name} --namespace ${release.namespace}`;
  const claimed = claim(
    `${name}-claim`,
    { id, owner: { type: releaseType, name }, refusal },
    { parent: opts.parent },
  );

  // One that the state has is no leftover: this creation replaces it. Helm refuses a name that is in use, and the one that
  // runs stays.
  const leftovers = async (revisions: Revision[]) => ((await isKnown(id)) ? [] : revisions);
  const mend = hookInRun(async (chooseStale: (revisions: Revision[]) => Revision[] | Promise<Revision[]>) => {
    const records = await history();
    const stale = await chooseStale(await settled(records));
    if (stale.length === 0) return;
    await pulumi.log.info(`${app}: takes over the Helm release ${id}, which an interrupted run has left`);
    await records.forget(stale);
  });
  // The provider has installed it and says so in an error of its own; that one no hook can take the place of.
  const explain = new pulumi.ErrorHook(
    `release of ${name}`,
    hookInRun(async ({ errors: [error = ""] }: pulumi.ErrorHookArgs) => {
      const explanation = explainRelease(error, app, release);
      if (explanation !== undefined) await pulumi.log.warn(explanation);
      return false;
    }),
  );
  return create(
    Release,
    transform,
    name,
    {
      name: release.name,
      namespace: release.namespace,
      // Not a resource of its own: it may be there already, with a claim or a Secret that the chart wants, and
      // removing one deletes all that is in it, people's data too.
      createNamespace: true,
      chart: release.chart,
      version: release.version,
      repositoryOpts: release.repository === undefined ? undefined : { repo: release.repository },
      values: release.values,
      // Without any values Helm would take those of the last revision again.
      resetValues: true,
      timeout: release.timeoutSeconds,
    },
    pulumi.mergeOptions(opts, {
      dependsOn: claimed,
      hooks: {
        beforeCreate: [() => mend(leftovers)],
        beforeUpdate: [() => mend((revisions) => revisions.slice(0, 1).filter(isPending))],
        onError: [explain],
      },
    }),
  );
}

/** Whether the state has the release, under whatever name. */
async function isKnown(id: string): Promise<boolean> {
  const known = await resourcesInState(releaseType);
  return known.some(({ outputs: { namespace, name } }) => `${String(namespace)}/${String(name)}` === id);
}

/** The revisions, once none is being worked on any more. */
async function settled(history: HelmHistory): Promise<Revision[]> {
  for (;;) {
    const revisions = await history.revisions();
    const [newest] = revisions;
    if (!newest || !isPending(newest) || Date.now() / 1000 - newest.since > graceSeconds) return revisions;
    await sleep(1000);
  }
}

function isPending({ status }: Revision): boolean {
  return status.startsWith("pending-");
}
