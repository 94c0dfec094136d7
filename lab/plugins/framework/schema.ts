import { isObject, unknownValue, type Properties } from "./properties.ts";

/**
 * The type of a property, in the terms of Pulumi's package schema
 * (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/). An `object` has fields that are not
 * listed and is passed on unchanged. An `asset` is a file or an archive.
 */
export type PropertyType =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | "object"
  | "asset"
  | { readonly list: PropertyType }
  | { readonly map: PropertyType }
  | { readonly fields: Fields };

/** One property of a resource, of a function or of an object within them. */
export interface Property {
  readonly type: PropertyType;
  /** Inputs: required. */
  readonly required?: true;
  /** Inputs: a change requires a replacement instead of an update. */
  readonly replaces?: true;
  /** Inputs: accepted, but not stored. */
  readonly dropped?: true;
  /** Inputs: filled in by the provider if omitted. */
  readonly computed?: true;
  /** Outputs: secret even if the inputs are not. */
  readonly secret?: true;
}

export type Fields = Readonly<Record<string, Property>>;

/** The inputs and outputs of a resource, under the names of the official provider's schema. */
export interface ResourceSchema {
  readonly inputs: Fields;
  /** Outputs besides the inputs, which are outputs, too. They are unknown in a preview. */
  readonly outputs: Fields;
  /** Outputs for the provider itself, which no program reads. They contain inputs, so they are secret. */
  readonly notes?: readonly string[];
}

/** The arguments and the result of a function. */
export interface FunctionSchema {
  readonly inputs: Fields;
  readonly outputs: Fields;
}

/** A violation of an input's declaration. */
export interface Misfit {
  /** `connection.host` */
  path: string;
  problem: "missing" | "unrecognized" | "wrong type";
}

/** All violations in these values. No message repeats a value, which may be a secret. */
export function misfits(fields: Fields, values: Properties, prefix = ""): Misfit[] {
  const missing = Object.keys(fields).filter((name) => fields[name]?.required && values[name] === undefined);
  return [
    ...missing.map((name) => ({ path: prefix + name, problem: "missing" }) as const),
    ...Object.entries(values).flatMap(([name, value]): Misfit[] => {
      const field = fields[name];
      const path = prefix + name;
      if (!field) return [{ path, problem: "unrecognized" }];
      if (typeof field.type === "object" && "fields" in field.type && isObject(value)) {
        return misfits(field.type.fields, value, `${path}.`);
      }
      return fits(value, field.type) ? [] : [{ path, problem: "wrong type" }];
    }),
  ];
}

function fits(value: unknown, type: PropertyType): boolean {
  if (value === unknownValue || value === undefined || type === "any") return true;
  if (type === "object" || type === "asset") return isObject(value);
  if (typeof type === "string") return typeof value === type;
  if ("list" in type) return Array.isArray(value) && value.every((entry) => fits(entry, type.list));
  if ("map" in type) return isObject(value) && Object.values(value).every((entry) => fits(entry, type.map));
  return isObject(value) && misfits(type.fields, value).length === 0;
}
