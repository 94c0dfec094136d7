import type { helm, types } from "@pulumi/kubernetes";
import type { Fields, Property, ResourceSchema } from "../framework/schema.ts";

const flag = { type: "boolean" } as const satisfies Property;
const text = { type: "string" } as const satisfies Property;
const number = { type: "number" } as const satisfies Property;

/** `repositoryOpts` */
const repositoryFields = {
  caFile: text,
  certFile: text,
  keyFile: text,
  password: text,
  repo: text,
  username: text,
} as const satisfies Record<keyof types.input.helm.v3.RepositoryOpts, Property>;

/** `status`: helm's last record. */
export const statusFields = {
  appVersion: text,
  chart: text,
  name: text,
  namespace: text,
  revision: number,
  status: { type: "string", required: true },
  version: text,
} as const satisfies Record<keyof types.output.helm.v3.ReleaseStatus, Property>;

const inputs = {
  // Deprecated, without effect.
  allowNullValues: flag,
  atomic: flag,
  chart: { type: "string", required: true },
  cleanupOnFail: flag,
  // Set by the SDK.
  compat: { type: "string", dropped: true },
  createNamespace: flag,
  dependencyUpdate: flag,
  description: text,
  devel: flag,
  disableCRDHooks: flag,
  disableOpenapiValidation: flag,
  disableWebhooks: flag,
  forceUpdate: flag,
  keyring: text,
  lint: flag,
  manifest: { type: { map: "any" }, dropped: true },
  maxHistory: number,
  name: { type: "string", replaces: true },
  namespace: { type: "string", replaces: true },
  postrender: text,
  recreatePods: flag,
  renderSubchartNotes: flag,
  replace: flag,
  repositoryOpts: { type: { fields: repositoryFields } },
  resetValues: flag,
  // Deprecated as an input.
  resourceNames: { type: { map: { list: "string" } }, dropped: true },
  reuseValues: flag,
  skipAwait: flag,
  skipCrds: flag,
  takeOwnership: flag,
  timeout: number,
  // They become part of `values`.
  valueYamlFiles: { type: { list: "asset" }, dropped: true },
  values: { type: { map: "any" } },
  verify: flag,
  version: text,
  waitForJobs: flag,
} as const satisfies Record<keyof helm.v3.ReleaseArgs, Property>;

const outputs = {
  resourceNames: { type: { map: { list: "string" } } },
  status: { type: { fields: statusFields } },
} as const satisfies Fields;

export const releaseSchema: ResourceSchema = { inputs, outputs, notes: ["__inputs"] };
