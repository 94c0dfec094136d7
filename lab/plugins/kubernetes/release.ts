import type { helm as helmTypes } from "@pulumi/kubernetes";
import { createHash } from "node:crypto";
import { InitializationError } from "../framework/errors.ts";
import { randomSuffix } from "../framework/naming.ts";
import { containsUnknown, omit, type Properties } from "../framework/properties.ts";
import type { RequestContext, Resource } from "../framework/provider.ts";
import { helm, HelmError } from "./helm.ts";
import {
  defaultTimeout,
  installArguments,
  templateArguments,
  uninstallArguments,
  upgradeArguments,
} from "./helmArguments.ts";
import { resourceNames } from "./manifest.ts";
import { parseStatus, type ReleaseStatus } from "./releaseStatus.ts";

type ReleaseOption = keyof helmTypes.v3.ReleaseArgs;
/** How the message about a failure begins. */
type Happened = "was created, but " | "";

/** What helm and the provider's arguments contribute. */
export interface ReleaseEnvironment {
  /** The helm program. */
  helm: string;
  /** A kubeconfig's text. */
  kubeconfig(): string;
  /** Where a release goes that names no namespace. */
  defaultNamespace(): string;
}

/**
 * `kubernetes:helm.sh/v3:Release`
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/).
 */
export function release(environment: ReleaseEnvironment): Resource {
  const call = (args: readonly string[], namespace: unknown, context: RequestContext, values?: unknown) =>
    helm({
      program: environment.helm,
      args,
      namespace: String(namespace),
      kubeconfig: environment.kubeconfig(),
      values,
      signal: context.signal,
    });

  /** Inputs that follow from the chart, so that a change of the chart alone is seen. */
  const computedInputs = async (inputs: Properties, context: RequestContext) => {
    const manifest = await call(templateArguments(inputs), inputs.namespace, context, inputs.values ?? {});
    return {
      checksum: createHash("sha256").update(manifest).digest("hex"),
      resourceNames: await resourceNames(manifest),
    };
  };

  /** The state that follows from these inputs and what helm recorded last. */
  const stateOf = async (inputs: Properties, context: RequestContext): Promise<Properties> => {
    const { name, namespace } = inputs;
    const metadata = await call(["get", "metadata", String(name), "--output=json"], namespace, context);
    const manifest = await call(["get", "manifest", String(name)], namespace, context);
    const status = parseStatus(metadata);
    const names = await resourceNames(manifest);
    return { ...inputs, version: status.version, resourceNames: names, status, __inputs: inputs };
  };

  /** Runs install or upgrade; a release that it left behind in a bad state is kept, with the reason. */
  const deploy = async (
    args: readonly string[],
    happened: Happened,
    inputs: Properties,
    context: RequestContext,
  ) => {
    try {
      await call(args, inputs.namespace, context, inputs.values ?? {});
    } catch (error) {
      if (!(error instanceof HelmError) || error.nameInUse) throw error;
      // A cancelled deployment leaves a release behind too.
      const uncancelled = { ...context, signal: new AbortController().signal };
      const state = await stateOf(inputs, uncancelled).catch(() => undefined);
      if (!state || (state.status as ReleaseStatus).status !== "failed") throw error;
      throw new InitializationError(failureMessage(inputs, happened, error), idOf(inputs), state);
    }
    return stateOf(inputs, context);
  };

  return {
    replaceOn: ["name", "namespace"] satisfies ReleaseOption[],
    computed: ["status"] satisfies (keyof helmTypes.v3.Release)[],
    secretOutputs: ["__inputs"],

    async check(inputs, oldInputs, context) {
      const news = withDefaults(inputs, oldInputs, context, environment.defaultNamespace());
      if (containsUnknown(news)) return { inputs: news };
      try {
        return { inputs: { ...news, ...(await computedInputs(news, context)) } };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const failure = {
          property: "chart",
          reason: `${reason}; check the chart name and repository configuration.`,
        };
        return { inputs: news, failures: [failure] };
      }
    },

    async create(inputs, context) {
      return {
        id: idOf(inputs),
        state: await deploy(installArguments(inputs), "was created, but ", inputs, context),
      };
    },

    update(_id, _old, inputs, context) {
      return deploy(upgradeArguments(inputs), "", inputs, context);
    },

    async delete(_id, state, context) {
      try {
        await call(uninstallArguments(state), state.namespace, context);
      } catch (error) {
        if (!(error instanceof HelmError && error.notFound)) throw error;
      }
    },

    async read(id, state, inputs, context) {
      const [name = "", namespace = environment.defaultNamespace()] = id.split("/").reverse();
      const known = omit({ ...state, ...inputs }, "__inputs", "status");
      try {
        if (Object.keys(known).length > 0) return { id, state: await stateOf(known, context), inputs };
        const imported = await importInputs(name, namespace, context);
        return { id, state: await stateOf(imported, context), inputs: imported };
      } catch (error) {
        if (error instanceof HelmError && error.notFound) return undefined;
        throw error;
      }
    },
  };

  async function importInputs(name: string, namespace: string, context: RequestContext): Promise<Properties> {
    const metadata = await call(["get", "metadata", name, "--output=json"], namespace, context);
    const values = await call(["get", "values", name, "--output=json"], namespace, context);
    const { chart, version } = parseStatus(metadata);
    return { name, namespace, chart, version, timeout: defaultTimeout, values: JSON.parse(values) ?? {} };
  }
}

function withDefaults(
  inputs: Properties,
  oldInputs: Properties | undefined,
  context: RequestContext,
  defaultNamespace: string,
): Properties {
  const given = omit(inputs, "compat");
  // Options that are off are the same as options not given.
  const news = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== false && value !== ""),
  );
  news.name ??= oldInputs?.name ?? `${context.name}-${randomSuffix()}`;
  news.namespace ??= defaultNamespace;
  if (news.skipAwait !== true) news.timeout ??= defaultTimeout;
  return news;
}

function idOf({ namespace, name }: Properties): string {
  return `${String(namespace)}/${String(name)}`;
}

function failureMessage(inputs: Properties, happened: Happened, error: HelmError): string {
  const id = idOf(inputs);
  return (
    `Helm release "${id}" ${happened}failed to initialize completely. Use Helm CLI to investigate.: ` +
    `failed to become available within allocated timeout. Error: Helm Release ${id}: ${error.message}`
  );
}
