import { diffProperties, concerns } from "../framework/diff.ts";
import { InitializationError } from "../framework/errors.ts";
import {
  containsUnknown,
  isObject,
  mergeDeep,
  omit,
  prune,
  type Properties,
} from "../framework/properties.ts";
import type { CheckResult, RequestContext, Resource } from "../framework/provider.ts";
import { helm, HelmError } from "./helm.ts";
import {
  defaultTimeout,
  getArguments,
  installArguments,
  showArguments,
  uninstallArguments,
  upgradeArguments,
} from "./helmArguments.ts";
import { resourceNames } from "./manifest.ts";
import { normalizeRelease } from "./releaseInputs.ts";
import { releaseSchema } from "./releaseSchema.ts";
import { parseStatus, revisionOf, type ReleaseStatus } from "./releaseStatus.ts";

/** Settings from the provider's arguments. */
export interface ReleaseEnvironment {
  /** The helm program. */
  helm: string;
  /** A kubeconfig's text. */
  kubeconfig(): string;
  /** The default namespace of releases. */
  defaultNamespace(): string;
}

/**
 * `kubernetes:helm.sh/v3:Release`
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/).
 *
 * - An install fails if the name is in use, even by an interrupted release.
 * - A release that was installed or upgraded but did not become ready is kept with the reason, and upgraded the next
 * time. One that helm has not recorded is not kept.
 * - Upgrading a release that is `pending-*` fails, and so does removing a missing one.
 */
export function release(environment: ReleaseEnvironment): Resource {
  const call = (args: readonly string[], namespace: unknown, signal?: AbortSignal, values?: Properties) =>
    helm({
      program: environment.helm,
      args,
      namespace: String(namespace),
      kubeconfig: environment.kubeconfig(),
      ...(signal ? { signal } : {}),
      ...(values ? { values } : {}),
    });

  const statusOf = async (name: string, namespace: string, revision?: number): Promise<ReleaseStatus> =>
    parseStatus(await call(getArguments("metadata", name, revision), namespace));

  /** The state from these inputs and helm's record. */
  const stateOf = async (inputs: Properties, status: ReleaseStatus): Promise<Properties> => {
    const { name, namespace } = inputs as { name: string; namespace: string };
    const [manifest, live] = await Promise.all(
      (["manifest", "values"] as const).map((what) =>
        call(getArguments(what, name, status.revision), namespace),
      ),
    );
    const liveValues: unknown = JSON.parse(live ?? "null");
    const values = mergeDeep(
      isObject(inputs.values) ? inputs.values : {},
      isObject(liveValues) ? liveValues : {},
    );
    return {
      ...inputs,
      ...(Object.keys(values).length > 0 ? { values } : {}),
      version: status.version,
      resourceNames: await resourceNames(manifest ?? ""),
      status,
      __inputs: inputs,
    };
  };

  const deploy = async (args: readonly string[], inputs: Properties, context: RequestContext) => {
    const values = isObject(inputs.values) ? inputs.values : {};
    await call(args, inputs.namespace, context.signal, values);
    return stateOf(inputs, await statusOf(String(inputs.name), String(inputs.namespace)));
  };

  /** The error for a release that exists, but not as requested. */
  const keep = async (
    inputs: Properties,
    status: ReleaseStatus,
    happened: string,
    error: Error,
  ): Promise<never> => {
    const id = idOf(inputs);
    const message =
      `Helm release "${id}" ${happened}failed to initialize completely. Use Helm CLI to investigate: ` +
      `failed to become available within allocated timeout. Error: Helm Release ${id}: ${error.message}`;
    throw new InitializationError(message, id, await stateOf(inputs, status));
  };

  return {
    schema: releaseSchema,
    // A null value removes a chart's default.
    nulls: "kept",

    async check(inputs, oldInputs, context): Promise<CheckResult> {
      const news = await normalizeRelease(inputs, oldInputs, context.name, environment.defaultNamespace());
      if (containsUnknown(inputs)) return { inputs: news };
      try {
        const { default: yaml } = await import("yaml");
        const chart = yaml.parse(
          await call(showArguments(news), news.namespace, context.signal),
        ) as Properties;
        // The requested version may be a range or missing; the state has the resolved version.
        return { inputs: { ...news, version: chart.version } };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const reason = `${message}; check the chart name and repository configuration.`;
        return { inputs: news, failures: [{ property: "chart", reason }] };
      }
    },

    // Compared with the state, so that changes by others are reverted.
    diff({ state, inputs }, news) {
      return {
        changes: diffProperties(prune(omit(state, "__inputs", "status"), inputs, news), news),
        replaces: (path) => concerns(path, "name") || concerns(path, "namespace"),
      };
    },

    async create(inputs, context) {
      try {
        return { id: idOf(inputs), state: await deploy(installArguments(inputs), inputs, context) };
      } catch (error) {
        if (!(error instanceof HelmError) || error.nameInUse) throw error;
        const status = await statusOf(String(inputs.name), String(inputs.namespace)).catch(() => undefined);
        // With `atomic`, helm has removed it again.
        if (!status) throw error;
        context.log(
          "warning",
          `Helm release "${String(inputs.name)}" was created but has a failed status. Use the \`helm\` command ` +
            `to investigate the error, correct it, then retry. Reason: ${error.message}`,
        );
        return keep(inputs, status, "was created, but ", error);
      }
    },

    async update(_id, old, inputs, context) {
      try {
        return await deploy(upgradeArguments(inputs), inputs, context);
      } catch (error) {
        if (!(error instanceof HelmError)) throw error;
        const [name, namespace] = [String(inputs.name), String(inputs.namespace)];
        const last = await statusOf(name, namespace).catch(() => undefined);
        // helm refused before it began: nothing has changed.
        if (!last || revisionOf(last) <= revisionOf(old.status)) throw error;
        // With `atomic`, the rollback is one more revision; the state has the failed one.
        const wentBack = inputs.atomic === true && last.status === "deployed";
        const failed = wentBack ? await statusOf(name, namespace, revisionOf(last) - 1) : last;
        return keep(inputs, failed, "", error);
      }
    },

    // Helm's library cannot stop an uninstall, so a cancelled deployment waits for it.
    async delete(_id, state, context) {
      const output = await call(uninstallArguments(state), state.namespace);
      const information = output.replace(/^release ".*" uninstalled$/m, "").trim();
      if (information === "") return;
      context.log("warning", `Helm uninstall returned information: ${JSON.stringify(information)}`);
    },

    async read(id, state, inputs) {
      const [idName = "", idNamespace = environment.defaultNamespace()] = id.split("/").reverse();
      const { name = idName, namespace = idNamespace } = state as { name?: string; namespace?: string };
      try {
        const status = await statusOf(name, namespace);
        if (Object.keys(state).length === 0) {
          const imported = await importInputs(name, namespace, status);
          return { id, state: await stateOf(imported, status), inputs: imported };
        }
        const known = omit(state, "__inputs", "status", "resourceNames");
        return { id, state: { ...(await stateOf(known, status)), __inputs: inputs }, inputs };
      } catch (error) {
        if (error instanceof HelmError && error.notFound) return undefined;
        throw error;
      }
    },
  };

  async function importInputs(name: string, namespace: string, status: ReleaseStatus): Promise<Properties> {
    const values = JSON.parse(await call(getArguments("values", name), namespace)) as Properties | null;
    const { chart, version } = status;
    return { name, namespace, chart, version, timeout: defaultTimeout, ...(values ? { values } : {}) };
  }
}

function idOf({ namespace, name }: Properties): string {
  return `${String(namespace)}/${String(name)}`;
}
