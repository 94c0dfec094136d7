import { homedir } from "node:os";
import { join } from "node:path";
import { assetText } from "../framework/asset.ts";
import { randomSuffix } from "../framework/naming.ts";
import { isObject, mergeDeep, type Properties } from "../framework/properties.ts";
import { defaultTimeout } from "./helmArguments.ts";
import { releaseSchema } from "./releaseSchema.ts";

/** A Release's inputs in normal form, as they are stored in the state. */
export async function normalizeRelease(
  inputs: Properties,
  oldInputs: Properties | undefined,
  logicalName: string,
  defaultNamespace: string,
): Promise<Properties> {
  const known = Object.entries(inputs).filter(
    ([name]) => releaseSchema.inputs[name] && !releaseSchema.inputs[name].dropped,
  );
  const release = Object.fromEntries(known);
  release.name ||= oldInputs?.name ?? `${logicalName}-${randomSuffix()}`;
  release.namespace ||= defaultNamespace;
  if (release.skipAwait !== true) release.timeout ??= defaultTimeout;
  if (release.verify === true) release.keyring ||= join(homedir(), ".gnupg", "pubring.gpg");
  release.values = await mergeValues(inputs);
  // An option that is off equals an omitted one, but a history of 0 revisions is a choice.
  return Object.fromEntries(
    Object.entries(release).filter(([name, value]) => name === "maxHistory" || !isEmpty(value)),
  );
}

/** The files' values in their order, then those in the program. */
async function mergeValues({ valueYamlFiles, values }: Properties): Promise<unknown> {
  if (!Array.isArray(valueYamlFiles) || valueYamlFiles.length === 0) return values;
  const { default: yaml } = await import("yaml");
  let merged: Properties = {};
  for (const file of valueYamlFiles) {
    const parsed: unknown = yaml.parse(await assetText(file));
    if (isObject(parsed)) merged = mergeDeep(merged, parsed);
  }
  return isObject(values) ? mergeDeep(merged, values) : merged;
}

function isEmpty(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === false || value === "" || value === 0;
}
