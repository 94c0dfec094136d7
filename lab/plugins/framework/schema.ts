import { isObject, unknownValue, type Properties } from "./properties.ts";

/**
 * The type of a property, in the words of Pulumi's package schema
 * (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/). `object` has fields that
 * are not listed: what it holds is passed on as it is. An `asset` is a file or an archive.
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

/** One property of a resource, of a function or of an object inside of them. */
export interface Property {
  readonly type: PropertyType;
  /** Inputs: has to be given. */
  readonly required?: true;
  /** Inputs: a change asks for a replacement instead of an update. */
  readonly replaces?: true;
  /** Inputs: taken and forgotten. */
  readonly dropped?: true;
  /** Inputs: filled in by the provider where it is not given. */
  readonly computed?: true;
  /** Outputs: secret whatever the inputs were. */
  readonly secret?: true;
}

export type Fields = Readonly<Record<string, Property>>;

/** What goes into a resource and comes out of it, under the names of the official provider's schema. */
export interface ResourceSchema {
  readonly inputs: Fields;
  /** Outputs besides the inputs, which are outputs too. No preview knows them. */
  readonly outputs: Fields;
  /** Outputs that no program reads: the provider's own notes. They hold inputs, so they are secret. */
  readonly notes?: readonly string[];
}

/** What goes into a function and comes out of it. */
export interface FunctionSchema {
  readonly inputs: Fields;
  readonly outputs: Fields;
}

/** Something about an input that does not fit its declaration. */
export interface Misfit {
  /** `connection.host` */
  path: string;
  problem: "missing" | "unrecognized" | "wrong type";
}

/** What does not fit among these values. No message repeats a value: it may be a secret. */
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
