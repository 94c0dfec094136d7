import type { Properties } from "./properties.ts";

/** A provider argument: what the program gave, else the environment variable, else nothing. */
export function argument(args: Properties, name: string, variable?: string): string | undefined {
  const given = args[name];
  if (typeof given === "string" && given !== "") return given;
  return (variable === undefined ? undefined : process.env[variable]) || undefined;
}
