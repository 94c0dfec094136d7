import { setTimeout as sleep } from "node:timers/promises";
import { randomSuffix } from "../framework/naming.ts";
import { isObject, type Properties } from "../framework/properties.ts";
import type { RequestContext, Resource } from "../framework/provider.ts";
import { ApiError, callApiServer } from "./apiServer.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

/** A kind of the core API group. */
export interface CoreKind {
  kind: "Namespace" | "Service";
  /** Its name in paths of the API: `namespaces`. */
  plural: string;
  namespaced: boolean;
}

interface ObjectMeta {
  name: string;
  namespace?: string;
}

const fieldManager = "pulumi-kubernetes";
const deletionTimeout = 10 * 60;

/** An object of the core API group, as `kubernetes:core/v1:Namespace` has it. */
export function coreObject(
  kind: CoreKind,
  access: () => Promise<ClusterAccess>,
  defaultNamespace: () => string,
): Resource {
  const call = async (
    method: "GET" | "PATCH" | "DELETE",
    path: string,
    signal: AbortSignal,
    body?: Properties,
  ) =>
    callApiServer(await access(), {
      method,
      path,
      signal,
      ...(body ? { body, contentType: "application/apply-patch+yaml" } : {}),
    });

  const find = async (path: string, signal: AbortSignal) => {
    try {
      return await call("GET", path, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  };

  const apply = (path: string, inputs: Properties, signal: AbortSignal) =>
    call("PATCH", `${path}?fieldManager=${fieldManager}&force=true`, signal, inputs);

  return {
    replaceOn: ["metadata.name", "metadata.namespace"],
    computed: ["status"],

    check(inputs, oldInputs, context) {
      return { inputs: named(inputs, oldInputs, context, kind.namespaced ? defaultNamespace() : undefined) };
    },

    async create(inputs, context) {
      const path = pathOf(kind, metadataOf(inputs));
      if (await find(path, context.signal)) {
        const { name } = metadataOf(inputs);
        throw new Error(
          `resource "${name}" was not created: ${kind.plural} "${name}" already exists; import it`,
        );
      }
      return { id: idOf(inputs), state: await apply(path, inputs, context.signal) };
    },

    async update(_id, _old, inputs, { signal }) {
      return apply(pathOf(kind, metadataOf(inputs)), inputs, signal);
    },

    async delete(id, _state, { signal, timeout = deletionTimeout }) {
      const path = pathOf(kind, metadataOfId(id));
      const deadline = Date.now() + timeout * 1000;
      if (await find(path, signal)) await call("DELETE", path, signal);
      while (await find(path, signal)) {
        if (Date.now() > deadline) {
          throw new Error(
            `${kind.kind} ${id} is still being deleted after ${timeout} s; look at its finalizers`,
          );
        }
        await sleep(500, undefined, { signal });
      }
    },

    async read(id, _state, inputs, { signal }) {
      const live = await find(pathOf(kind, metadataOfId(id)), signal);
      return live && { id, state: live, inputs };
    },
  };
}

function named(
  inputs: Properties,
  oldInputs: Properties | undefined,
  context: RequestContext,
  defaultNamespace: string | undefined,
): Properties {
  const given = isObject(inputs.metadata) ? inputs.metadata : {};
  const metadata = {
    ...(defaultNamespace === undefined ? {} : { namespace: defaultNamespace }),
    ...given,
  };
  if (given.name !== undefined) return { ...inputs, metadata };
  const oldName = isObject(oldInputs?.metadata) ? oldInputs.metadata.name : undefined;
  const annotations = isObject(given.annotations) ? given.annotations : {};
  return {
    ...inputs,
    metadata: {
      ...metadata,
      name: oldName ?? `${context.name}-${randomSuffix()}`,
      annotations: { ...annotations, "pulumi.com/autonamed": "true" },
    },
  };
}

function metadataOf(properties: Properties): ObjectMeta {
  return properties.metadata as ObjectMeta;
}

/** `name`, or `namespace/name`. */
function idOf(inputs: Properties): string {
  const { name, namespace } = metadataOf(inputs);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function metadataOfId(id: string): ObjectMeta {
  const [name = "", namespace] = id.split("/").reverse();
  return namespace === undefined ? { name } : { name, namespace };
}

function pathOf(kind: CoreKind, { name, namespace = "default" }: ObjectMeta): string {
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `/api/v1${scope}/${kind.plural}/${encodeURIComponent(name)}`;
}
