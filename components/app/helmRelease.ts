import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";
import { explainRelease } from "./helmFailure.ts";
import { HelmHistory, type Revision } from "./helmHistory.ts";
import { lookupFailure } from "./lookupFailure.ts";
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

/** A release, and what messages and lookups need to know. */
interface HelmReleaseArgs {
  /** The app that it belongs to, for messages. */
  app: string;
  release: AppReleaseArgs;
  /**
   * The cluster whose Helm history is read.
   * @default `KUBECONFIG`, or `~/.kube/config`
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * The user's changes to the release.
   * @default no changes
   */
  transform?: Transform<ReleaseArgs> | undefined;
}

const releaseType = "kubernetes:helm.sh/v3:Release";
/** Helm may continue for a while after its engine was killed, and finish. */
const graceSeconds = 30;

/**
 * Creates or updates a Helm release, even after an interrupted run.
 *
 * Helm killed in the middle leaves the release `pending-*`, and refuses to touch it from then on. Helm killed a moment
 * later leaves a complete release that the engine does not know. Both are repaired before the release is created or
 * updated. Only entries of Helm's history are removed, never an object: Helm adopts existing objects by their
 * annotations, and changes what differs.
 *
 * The claim is written to the state first. So a release that is in the cluster but not in the state is ours only if the
 * claim exists. Any other is never touched.
 */
export function makeHelmRelease(
  name: string,
  { app, release, kubeconfig, transform }: HelmReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): Release {
  const id = `${release.namespace}/${release.name}`;
  const history = async () =>
    HelmHistory.open(await resolved(kubeconfig), release.namespace, release.name).catch((error: unknown) => {
      throw lookupFailure(app, "release", error);
    });

  const refusal = async () =>
    (await (await history()).revisions()).length === 0
      ? undefined
      : `HybridApp "${app}": chart: the Helm release ${id} already exists, and does not belong to this stack. ` +
        `Set service: { namespace, name } to use it as it is, or uninstall it: ` +
        `helm uninstall ${release.name} --namespace ${release.namespace}`;
  const claimed = claim(
    `${name}-claim`,
    { id, owner: { type: releaseType, name }, refusal },
    { parent: opts.parent },
  );

  // A release in the state is no leftover: this creation replaces it. Helm refuses a name that is in use, and the
  // running release stays.
  const leftovers = async (revisions: Revision[]) => ((await isKnown(id)) ? [] : revisions);
  const mend = hookInRun(async (chooseStale: (revisions: Revision[]) => Revision[] | Promise<Revision[]>) => {
    const records = await history();
    const stale = await chooseStale(await settled(records));
    if (stale.length === 0) return;
    await pulumi.log.info(`${app}: adopts the Helm release ${id}, left by an interrupted run`);
    await records.forget(stale);
  });
  // An error hook cannot replace the provider's own error about a release that it has installed.
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
      // The program declares no Namespace resource: the namespace may already exist, with a claim or a Secret that the
      // chart needs. Removing such a resource would delete everything in it, including users' data.
      createNamespace: true,
      chart: release.chart,
      version: release.version,
      repositoryOpts: release.repository === undefined ? undefined : { repo: release.repository },
      values: release.values,
      // Without any values Helm would reuse those of the last revision.
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

/** Whether the state has the release, under any resource name. */
async function isKnown(id: string): Promise<boolean> {
  const known = await resourcesInState(releaseType);
  return known.some(({ outputs: { namespace, name } }) => `${String(namespace)}/${String(name)}` === id);
}

/** The revisions, once Helm no longer works on any. */
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
