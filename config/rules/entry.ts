import isPlainObject from "is-plain-obj";
import type { AppDefinition, Catalogue } from "../../apps/definition.ts";
import { appNamed } from "../../apps/identify.ts";
import { app, appName } from "../schema/app.ts";
import type { AppOptions } from "../schema/app.ts";
import { show } from "../schema/problems.ts";
import type { Path } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import { validSubset } from "../schema/validSubset.ts";

/** One app as written, valid or not, and the catalogue's app with its name. */
export interface Entry {
  name: string;
  path: Path;
  written: unknown;
  definition: AppDefinition | undefined;
  /** Its valid options, with defaults; undefined if its name is invalid, or if it is not a map. */
  options: AppOptions | undefined;
}

/** Checks every app against the schema: each option alone. */
export function readEntries(written: unknown, catalogue: Catalogue, reader: Reader): Entry[] {
  if (!isPlainObject(written)) {
    reader.report(["apps"], `${show(written)} is not a map. Write each app as a key with its options below.`);
    return [];
  }
  return Object.entries(written).map(([name, options]) => readEntry(name, options ?? {}, catalogue, reader));
}

function readEntry(name: string, written: unknown, catalogue: Catalogue, reader: Reader): Entry {
  const path = ["apps", name];
  const isNamed = reader.read(appName, name, path) !== undefined;
  const valid =
    reader.read(app, written, path) ?? (isPlainObject(written) ? validSubset(written) : undefined);
  const options = isNamed ? valid : undefined;
  return { name, path, written, definition: appNamed(name, catalogue), options };
}
