import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckRequest, ConfigureRequest, DiffRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { diffProperties } from "./diff.ts";
import { diffResponse } from "./diffResponse.ts";
import { unwrapSecrets, type Properties } from "./properties.ts";
import type { Provider } from "./provider.ts";
import { fromStruct } from "./struct.ts";

/** The calls to a provider before its first resource: handshake and configuration. */
export function configurationHandlers(provider: Provider) {
  return {
    handshake() {
      const response = new providerMessages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    },

    getPluginInfo() {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(provider.version);
      return response;
    },

    checkConfig(request: CheckRequest) {
      const response = new providerMessages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    },

    async diffConfig(request: DiffRequest) {
      const olds = request.hasOldInputs() ? request.getOldInputs() : request.getOlds();
      const before = unwrapSecrets(fromStruct(olds)).values;
      const after = unwrapSecrets(fromStruct(request.getNews())).values;
      const updates = () => ({ changes: diffProperties(before, after), replaces: () => false });
      return diffResponse((await provider.diffConfig?.(before, after)) ?? updates());
    },

    configure(request: ConfigureRequest) {
      provider.configure?.(configurationOf(request));
      const response = new providerMessages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    },
  };
}

function configurationOf(request: ConfigureRequest): Properties {
  if (request.hasArgs()) return unwrapSecrets(fromStruct(request.getArgs())).values;
  const variables: Properties = {};
  // Keys look like `cloudflare:config:apiToken`.
  request.getVariablesMap().forEach((value, key) => {
    variables[key.slice(key.lastIndexOf(":") + 1)] = value;
  });
  return variables;
}
