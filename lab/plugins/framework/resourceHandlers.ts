import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import type {
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { InitializationError } from "./errors.ts";
import { concerns, diffProperties } from "./diff.ts";
import { diffResponse } from "./diffResponse.ts";
import { typeOf } from "./naming.ts";
import { unknownValue, unwrapSecrets, wrapSecrets, type Path, type Properties } from "./properties.ts";
import type { Provider, RequestContext, Resource, ResourceDiff } from "./provider.ts";
import { fromStruct, toStruct } from "./struct.ts";
import { Empty } from "./wellKnown.ts";

export type ContextOf = (urn: string, timeout?: number) => RequestContext;

/** The life of a resource: check, diff, create, read, update, delete. */
export function resourceHandlers(provider: Provider, contextOf: ContextOf) {
  return {
    async check(request: CheckRequest) {
      const resource = find(provider, request.getUrn());
      const { values, secrets } = unwrapSecrets(fromStruct(request.getNews(), resource.nulls));
      const olds = request.hasOlds()
        ? unwrapSecrets(fromStruct(request.getOlds(), resource.nulls)).values
        : undefined;
      const context = contextOf(request.getUrn());
      const result = (await resource.check?.(values, olds, context)) ?? { inputs: values };
      const response = new providerMessages.CheckResponse();
      response.setInputs(toStruct(wrapSecrets(result.inputs, secrets)));
      for (const { property, reason } of result.failures ?? []) {
        const failure = new providerMessages.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    },

    diff(request: DiffRequest) {
      const resource = find(provider, request.getUrn());
      const state = unwrapSecrets(fromStruct(request.getOlds(), resource.nulls)).values;
      const inputs = request.hasOldInputs()
        ? unwrapSecrets(fromStruct(request.getOldInputs(), resource.nulls)).values
        : state;
      const news = unwrapSecrets(fromStruct(request.getNews(), resource.nulls)).values;
      return diffResponse(resource.diff?.({ state, inputs }, news) ?? diffInputs(resource, inputs, news));
    },

    async create(request: CreateRequest) {
      const resource = find(provider, request.getUrn());
      const { values, secrets } = unwrapSecrets(fromStruct(request.getProperties(), resource.nulls));
      const response = new providerMessages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(outputs(resource, previewState(resource, values), secrets));
        return response;
      }
      const context = contextOf(request.getUrn(), request.getTimeout());
      const { id, state } = await withMarkedState(resource, secrets, () => resource.create(values, context));
      response.setId(id);
      response.setProperties(outputs(resource, state, secrets));
      return response;
    },

    async update(request: UpdateRequest) {
      const resource = find(provider, request.getUrn());
      const { values, secrets } = unwrapSecrets(fromStruct(request.getNews(), resource.nulls));
      const response = new providerMessages.UpdateResponse();
      const old = unwrapSecrets(fromStruct(request.getOlds(), resource.nulls)).values;
      if (request.getPreview()) {
        response.setProperties(outputs(resource, previewState(resource, values, old), secrets));
        return response;
      }
      const context = contextOf(request.getUrn(), request.getTimeout());
      const state = await withMarkedState(resource, secrets, () =>
        resource.update(request.getId(), old, values, context),
      );
      response.setProperties(outputs(resource, state, secrets));
      return response;
    },

    async read(request: ReadRequest) {
      const resource = find(provider, request.getUrn());
      const old = unwrapSecrets(fromStruct(request.getProperties(), resource.nulls));
      const oldInputs = unwrapSecrets(fromStruct(request.getInputs(), resource.nulls));
      const context = contextOf(request.getUrn(), request.getTimeout());
      const found = resource.read
        ? await resource.read(request.getId(), old.values, oldInputs.values, context)
        : { id: request.getId(), state: old.values };
      const response = new providerMessages.ReadResponse();
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(outputs(resource, found.state, old.secrets));
      response.setInputs(toStruct(wrapSecrets(found.inputs ?? oldInputs.values, oldInputs.secrets)));
      return response;
    },

    async delete(request: DeleteRequest) {
      const resource = find(provider, request.getUrn());
      const state = unwrapSecrets(fromStruct(request.getProperties(), resource.nulls)).values;
      await resource.delete(request.getId(), state, contextOf(request.getUrn(), request.getTimeout()));
      return new Empty();
    },
  };
}

function find(provider: Provider, urn: string): Resource {
  const type = typeOf(urn);
  const resource = provider.resources?.[type];
  if (!resource) throw new Error(`${provider.name}: the stand-in plugin has no resource type ${type}`);
  return resource;
}

/** Compares inputs with inputs, without looking at the real resource. */
function diffInputs({ schema }: Resource, olds: Properties, news: Properties): ResourceDiff {
  const replacing = Object.keys(schema.inputs).filter((name) => schema.inputs[name]?.replaces);
  return {
    changes: diffProperties(olds, news),
    replaces: (path) => replacing.some((name) => concerns(path, name)),
  };
}

function outputs(resource: Resource, state: Properties, secrets: readonly Path[]) {
  return toStruct(wrapSecrets(state, [...alwaysSecret(resource), ...secrets]));
}

function alwaysSecret({ schema }: Resource): Path[] {
  const outputs = { ...schema.inputs, ...schema.outputs };
  const declared = Object.keys(outputs).filter((name) => outputs[name]?.secret);
  return [...declared, ...(schema.notes ?? [])].map((name) => [name]);
}

function previewState({ schema }: Resource, inputs: Properties, old: Properties = {}): Properties {
  const filledIn = Object.keys(schema.inputs)
    .filter((name) => schema.inputs[name]?.computed)
    .map((name) => [name, old[name] ?? unknownValue]);
  const unknowns = Object.keys(schema.outputs).map((name) => [name, unknownValue]);
  const fromEntries = (entries: unknown[][]) => Object.fromEntries(entries) as Properties;
  return { ...fromEntries(filledIn), ...inputs, ...fromEntries(unknowns) };
}

/** The state in an error goes into the stack's state, too, so its secrets need marks. */
async function withMarkedState<T>(
  resource: Resource,
  secrets: readonly Path[],
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof InitializationError)) throw error;
    const marked = wrapSecrets(error.state, [...alwaysSecret(resource), ...secrets]);
    throw new InitializationError(error.message, error.id, marked);
  }
}
