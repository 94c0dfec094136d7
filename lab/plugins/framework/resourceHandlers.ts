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
import { diffResponse } from "./diffResponse.ts";
import { typeOf } from "./naming.ts";
import { unknownValue, unwrapSecrets, wrapSecrets, type Path, type Properties } from "./properties.ts";
import type { Provider, RequestContext, Resource } from "./provider.ts";
import { fromStruct, toStruct } from "./struct.ts";
import { Empty } from "./wellKnown.ts";

export type ContextOf = (urn: string, timeout?: number) => RequestContext;

/** The life of a resource: check, diff, create, read, update, delete. */
export function resourceHandlers(provider: Provider, contextOf: ContextOf) {
  return {
    async check(request: CheckRequest) {
      const resource = find(provider, request.getUrn());
      const { values, secrets } = unwrapSecrets(fromStruct(request.getNews()));
      const olds = request.hasOlds() ? unwrapSecrets(fromStruct(request.getOlds())).values : undefined;
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
      const olds = request.hasOldInputs() ? request.getOldInputs() : request.getOlds();
      return diffResponse(
        unwrapSecrets(fromStruct(olds)).values,
        unwrapSecrets(fromStruct(request.getNews())).values,
        resource.replaceOn,
      );
    },

    async create(request: CreateRequest) {
      const resource = find(provider, request.getUrn());
      const { values, secrets } = unwrapSecrets(fromStruct(request.getProperties()));
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
      const { values, secrets } = unwrapSecrets(fromStruct(request.getNews()));
      const response = new providerMessages.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(outputs(resource, previewState(resource, values), secrets));
        return response;
      }
      const old = unwrapSecrets(fromStruct(request.getOlds())).values;
      const context = contextOf(request.getUrn(), request.getTimeout());
      const state = await withMarkedState(resource, secrets, () =>
        resource.update(request.getId(), old, values, context),
      );
      response.setProperties(outputs(resource, state, secrets));
      return response;
    },

    async read(request: ReadRequest) {
      const resource = find(provider, request.getUrn());
      const old = unwrapSecrets(fromStruct(request.getProperties()));
      const oldInputs = unwrapSecrets(fromStruct(request.getInputs()));
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
      const state = unwrapSecrets(fromStruct(request.getProperties())).values;
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

function outputs(resource: Resource, state: Properties, secrets: readonly Path[]) {
  const always = (resource.secretOutputs ?? []).map((name) => [name]);
  return toStruct(wrapSecrets(state, [...always, ...secrets]));
}

function previewState(resource: Resource, inputs: Properties): Properties {
  return { ...inputs, ...Object.fromEntries(resource.computed.map((name) => [name, unknownValue])) };
}

/** The state that an error brings along goes into the stack's state too, so its secrets need marks. */
async function withMarkedState<T>(
  resource: Resource,
  secrets: readonly Path[],
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof InitializationError)) throw error;
    const always = (resource.secretOutputs ?? []).map((name) => [name]);
    throw new InitializationError(error.message, error.id, wrapSecrets(error.state, [...always, ...secrets]));
  }
}
