import type { Properties } from "./properties.ts";

/** A provider argument: the program's value, else the first of these environment variables that is set. */
export function argument(args: Properties, name: string, ...variables: string[]): string | undefined {
  const given = args[name];
  if (typeof given === "string" && given !== "") return given;
  return variables.map((variable) => process.env[variable]).find(Boolean);
}
