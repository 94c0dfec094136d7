import { privateKeysSecret } from "../rules/privateKeys.ts";
import type { JsonSchema } from "./jsonSchema.ts";
import { secrets } from "../schema/secrets.ts";

/** docs/options.md: every option, in the schema's words. */
export function renderReference(keys: JsonSchema): string {
  const app = keys.definitions?.app ?? {};
  const sections = Object.entries(keys.properties ?? {}).filter(([key]) => key !== "apps");
  const plain = sections.filter(([, schema]) => optionsOf(schema) === undefined);
  const nested = sections.filter(([, schema]) => optionsOf(schema) !== undefined);
  return [
    "# Options",
    "Everything below `mynodeone:` in `Pulumi.<stack>.yaml`. Written by `npm run schema` from the " +
      "schema in `config/`; `Pulumi.prod.yaml` is a sample that shows them all.",
    table(plain, keys.required ?? []),
    ...nested.flatMap(([key, schema]) => section(key, schema)),
    ...section("apps.<name>", app, "One app: from the catalogue, or of your own."),
    "## Secrets",
    "Encrypted by `pulumi config set --secret mynodeone:<key>`.",
    table(
      Object.entries(secrets).map(([key, schema]) => [
        key,
        { type: key === privateKeysSecret ? "map" : "text", ...schema.meta() },
      ]),
      ["sshPrivateKey"],
    ),
  ].join("\n\n");
}

function section(name: string, schema: JsonSchema, description = schema.description ?? ""): string[] {
  const options = optionsOf(schema) ?? {};
  const entries = Object.entries(options.properties ?? {});
  const inner = entries.filter(([, one]) => optionsOf(one) !== undefined);
  return [
    `## \`${name}\``,
    description,
    table(entries, options.required ?? []),
    ...inner.flatMap(([key, one]) => [
      `### \`${name}.${key}\``,
      table(Object.entries(optionsOf(one)?.properties ?? {}), optionsOf(one)?.required ?? []),
    ]),
  ];
}

/** The options of a value, or of a list's items. */
function optionsOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties !== undefined) return schema;
  return schema.items?.properties === undefined ? undefined : schema.items;
}

function table(options: [key: string, schema: JsonSchema][], required: readonly string[]): string {
  const rows = options.map(([key, schema]) => {
    const words = [schema.description, schema.see && `[More](${schema.see})`].filter(Boolean).join(" ");
    return [`\`${key}\``, kindOf(schema), required.includes(key) ? "**required**" : defaultOf(schema), words];
  });
  return [["option", "kind", "default", "what it does"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function kindOf({ type, enum: choices, minimum, maximum, items, anyOf }: JsonSchema): string {
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(" or ");
  if (anyOf) return anyOf.map(kindOf).join(", or ");
  if (type === "integer") return `whole number, ${minimum} to ${maximum}`;
  if (type === "array") return `list${items?.properties || items?.$ref ? "" : ` of ${kindOf(items ?? {})}`}`;
  return { string: "text", boolean: "true or false", object: "map" }[type ?? ""] ?? type ?? "map";
}

function defaultOf({ default: value, fallback }: JsonSchema): string {
  return value === undefined
    ? (fallback ?? "")
    : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
