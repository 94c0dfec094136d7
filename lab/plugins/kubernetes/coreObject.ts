import { setTimeout as sleep } from "node:timers/promises";
import { concerns, diffProperties } from "../framework/diff.ts";
import { randomSuffix } from "../framework/naming.ts";
import { isObject, omit, prune, type Properties } from "../framework/properties.ts";
import type { RequestContext, Resource } from "../framework/provider.ts";
import type { ResourceSchema } from "../framework/schema.ts";
import { ApiError, callApiServer, type ApiRequest } from "./apiServer.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

/** A kind of the core API group. */
export interface CoreKind {
  kind: "Namespace" | "Service";
  /** Its plural name in API paths: `namespaces`. */
  plural: string;
  namespaced: boolean;
}

interface ObjectMeta {
  name: string;
  namespace?: string;
}

/** The field manager of the creation; the first update takes over its fields. */
const creator = "pulumi-kubernetes";
/** Default in seconds. */
const deletionTimeout = 10 * 60;

const coreObjectSchema: ResourceSchema = {
  inputs: {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
    spec: { type: "object" },
  },
  outputs: { status: { type: "object" } },
  notes: ["__inputs"],
};

/**
 * An object of the core API group, such as `kubernetes:core/v1:Namespace`
 * (https://www.pulumi.com/registry/packages/kubernetes/api-docs/core/v1/namespace/).
 *
 * Creating an existing object fails; `pulumi import` adopts it. Updates are server-side applies with a field manager of
 * the resource's own, so a field that another manager owns is a conflict.
 */
export function coreObject(
  kind: CoreKind,
  access: () => Promise<ClusterAccess>,
  defaultNamespace: () => string,
): Resource {
  const call = async (request: ApiRequest) => callApiServer(await access(), request);

  const find = async (path: string, signal: AbortSignal) => {
    try {
      return await call({ method: "GET", path, signal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

  /** A live object in the form of the state. */
  const checkpoint = (inputs: Properties, live: Properties, fieldManager: unknown): Properties => ({
    ...live,
    __inputs: inputs,
    __initialApiVersion: "v1",
    __fieldManager: fieldManager,
  });

  return {
    schema: coreObjectSchema,

    check(inputs, oldInputs, context) {
      const typed = { apiVersion: "v1", kind: kind.kind, ...inputs };
      return { inputs: named(typed, oldInputs, context, kind.namespaced ? defaultNamespace() : undefined) };
    },

    // Compared with the live object, for the fields that the program sets.
    diff({ state, inputs }, news) {
      const replaces = (path: string) =>
        concerns(path, "metadata.name") || concerns(path, "metadata.namespace");
      return {
        changes: diffProperties(prune(omit(state, "__inputs"), inputs), news),
        replaces,
        deleteBeforeReplace: !isAutonamed(news) && idOf(state) === idOf(news),
      };
    },

    async create(inputs, { signal }) {
      const manager = newFieldManager();
      const path = `${collectionOf(kind, metadataOf(inputs))}?fieldManager=${creator}`;
      try {
        const live = await call({
          method: "POST",
          path,
          body: inputs,
          contentType: "application/json",
          signal,
        });
        return { id: idOf(inputs), state: checkpoint(inputs, live, manager) };
      } catch (error) {
        throw creationError(error, metadataOf(inputs).name);
      }
    },

    async update(_id, old, inputs, { signal }) {
      const manager = String(old.__fieldManager);
      const path = `${pathOf(kind, metadataOf(inputs))}?fieldManager=${encodeURIComponent(manager)}`;
      const apply = (query = "") =>
        call({
          method: "PATCH",
          path: path + query,
          body: inputs,
          contentType: "application/apply-patch+yaml",
          signal,
        });
      try {
        return checkpoint(inputs, await apply(), manager);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        if (isOwnConflict(error.message)) return checkpoint(inputs, await apply("&force=true"), manager);
        throw new Error(`Server-Side Apply field conflict detected: ${error.message}`, { cause: error });
      }
    },

    async delete(id, _state, { signal, timeout = deletionTimeout }) {
      const path = pathOf(kind, metadataOfId(id));
      const deadline = Date.now() + timeout * 1000;
      try {
        await call({ method: "DELETE", path: `${path}?propagationPolicy=Foreground`, signal });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      while (await find(path, signal)) {
        if (Date.now() > deadline) {
          throw new Error(
            `${kind.kind} ${id} is still being deleted after ${timeout} s; check its finalizers`,
          );
        }
        await sleep(500, undefined, { signal });
      }
    },

    async read(id, state, inputs, { signal }) {
      const live = await find(pathOf(kind, metadataOfId(id)), signal);
      if (!live) return undefined;
      const known = Object.keys(inputs).length > 0 ? prune(live, inputs) : importedInputs(live);
      // An object that is only read has none from an earlier run, and gets a new one each time.
      const manager = state.__fieldManager ?? newFieldManager();
      return { id, state: checkpoint(known, live, manager), inputs: known };
    },
  };
}

function newFieldManager(): string {
  return `${creator}-${randomSuffix()}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** Whether the creation is the only owner of the fields. */
function isOwnConflict(message: string): boolean {
  const owners = [...message.matchAll(/conflicts? with "([^"]+)"/g)].map(([, owner]) => owner);
  return owners.length > 0 && owners.every((owner) => owner === creator);
}

function creationError(error: unknown, name: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const exists = error instanceof ApiError && error.status === 409 && message.includes("already exists");
  const advice = exists
    ? "\n\nThe resource already exists in the cluster. `pulumi import` adopts it; an alias keeps the " +
      "identity of a resource that was renamed."
    : "";
  return new Error(
    `resource "${name}" was not successfully created by the Kubernetes API server: ${message}${advice}`,
    { cause: error },
  );
}

/** The inputs for this object in a program, without the fields that the API server adds to every object. */
function importedInputs(live: Properties): Properties {
  const metadata = isObject(live.metadata) ? live.metadata : {};
  const ofServer = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"];
  return { ...omit(live, "status"), metadata: omit(metadata, ...ofServer) };
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
      annotations: { ...annotations, [autonamed]: "true" },
    },
  };
}

const autonamed = "pulumi.com/autonamed";

function isAutonamed(inputs: Properties): boolean {
  const { annotations } = inputs.metadata as { annotations?: Properties };
  return annotations?.[autonamed] === "true";
}

function metadataOf(properties: Properties): ObjectMeta {
  return properties.metadata as ObjectMeta;
}

/** `name`, or `namespace/name`. */
function idOf(object: Properties): string {
  const { name, namespace } = metadataOf(object);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function metadataOfId(id: string): ObjectMeta {
  const [name = "", namespace] = id.split("/").reverse();
  return namespace === undefined ? { name } : { name, namespace };
}

function collectionOf(kind: CoreKind, { namespace = "default" }: ObjectMeta): string {
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `/api/v1${scope}/${kind.plural}`;
}

function pathOf(kind: CoreKind, metadata: ObjectMeta): string {
  return `${collectionOf(kind, metadata)}/${encodeURIComponent(metadata.name)}`;
}
