import { z } from "zod";
import { catalogue } from "../../apps/index.ts";
import { app, appName } from "../schema/app.ts";
import { pulumiKeys } from "../file/layout.ts";
import { namespace } from "../schema/problems.ts";
import { providerUrls } from "../rules/providerUrls.ts";
import { keys } from "../schema/platform.ts";
import { providerSecrets, secrets } from "../schema/secrets.ts";

/** The parts of a JSON Schema that are used here: https://json-schema.org/draft-07 */
export interface JsonSchema {
  description?: string;
  type?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  $ref?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  definitions?: Record<string, JsonSchema>;
  /** What applies without the option, in words. Not part of JSON Schema. */
  fallback?: string;
  /** The vendor's documentation. Not part of JSON Schema. */
  see?: string;
  [keyword: string]: unknown;
}

/** All keys below `mynodeone:` except secrets, with `fallback` and `see` from the schema. */
export function describeKeys(): JsonSchema {
  return z.toJSONSchema(z.strictObject({ ...keys, apps: z.record(appName, app) }), {
    target: "draft-7",
    io: "input",
  }) as JsonSchema;
}

/**
 * The JSON Schema of a whole Pulumi.<stack>.yaml, for editors. It may accept what the checks refuse, but not the
 * reverse.
 */
export function stackFileSchema(): JsonSchema {
  const { properties = {}, required = [], definitions = {} } = forEditors(describeKeys()) as JsonSchema;
  const encrypted = { $ref: "#/definitions/encrypted" };
  const own = { ...properties, apps: appsSchema() };
  const secret = Object.entries(secrets).map(([key, schema]) => [
    key,
    { description: inWords(schema.meta() ?? {}), allOf: [encrypted] },
  ]) as [string, JsonSchema][];
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "MyNodeOne's Pulumi.<stack>.yaml",
    type: "object",
    properties: {
      ...Object.fromEntries(pulumiKeys.map((key) => [key, { description: "Pulumi's own." }])),
      config: {
        type: "object",
        properties: Object.fromEntries([
          ...Object.entries(own)
            .concat(secret)
            .flatMap(([key, schema]) => {
              const [whole, bare] = bothWays(key);
              return [
                [whole, schema],
                [bare, { $ref: `#/properties/config/properties/${whole}` }],
              ];
            }),
          ...providerSecrets.map((key) => [key, encrypted]),
          ...Object.entries(providerUrls).map(([key, variable]) => [
            key,
            {
              description: `Refused here. Another server is set with the environment variable ${variable}.`,
              not: {},
            },
          ]),
        ]) as Record<string, JsonSchema>,
        allOf: required
          .filter((key) => key !== "apps")
          .map((key) => ({
            anyOf: bothWays(key).map((name) => ({ required: [name] })),
          })),
        // Options of the providers, each in its namespace.
        patternProperties: { [`^(?!${namespace}:)[^:]+:`]: {} },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
    required: ["config"],
    definitions: {
      ...definitions,
      encrypted: {
        description: "Written by `pulumi config set --secret`.",
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
    },
  };
}

/** A key of the program, with the namespace as Pulumi writes it, and without, which Pulumi also reads. */
function bothWays(key: string): [string, string] {
  return [`${namespace}:${key}`, key];
}

/** The catalogue's apps by name, which need no options; an app of the user's own needs a Service. */
function appsSchema(): JsonSchema {
  const options = { $ref: "#/definitions/app" };
  const { pattern } = appName.meta() ?? {};
  return {
    description: "The apps: one key each, from the catalogue or of your own.",
    type: ["object", "null"] as never,
    propertyNames: { pattern },
    properties: Object.fromEntries(
      Object.entries(catalogue).map(([name, { proxyPort }]) => [
        name,
        {
          description: `From the catalogue; its proxy port is ${proxyPort}.`,
          anyOf: [options, { type: "null" }],
        },
      ]),
    ),
    additionalProperties: { allOf: [options, { required: ["service"] } as JsonSchema] },
  };
}

/** Moves all texts into `description`, the only field that editors show. */
function forEditors(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forEditors);
  if (typeof schema !== "object" || schema === null) return schema;
  const { fallback, see, ...rest } = schema as JsonSchema;
  const kept = Object.entries(rest).map(([keyword, value]) => [keyword, forEditors(value)]);
  const words = inWords({ description: rest.description, fallback, see });
  return Object.fromEntries([
    ...(words === "" ? [] : [["description", words]]),
    ...kept.filter(([keyword]) => keyword !== "description" && keyword !== "id"),
  ]);
}

function inWords({
  description,
  fallback,
  see,
}: Pick<JsonSchema, "description" | "fallback" | "see">): string {
  return [description, fallback && `Default: ${fallback}.`, see && `See ${see}`].filter(Boolean).join(" ");
}
