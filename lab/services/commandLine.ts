import { isIPv6 } from "node:net";
import { parseArgs } from "node:util";

type Values<R extends string, O extends string> = Record<R, string> & Partial<Record<O, string>>;

/** Parses `--name value` options; throws with the usage line if one is missing or unknown. */
export function parseOptions<R extends string, O extends string = never>(
  required: readonly R[],
  optional: readonly O[] = [],
  args: readonly string[] = process.argv.slice(2),
): Values<R, O> {
  const usage = [...required.map((name) => `--${name} …`), ...optional.map((name) => `[--${name} …]`)];
  const options = Object.fromEntries([...required, ...optional].map((name) => [name, { type: "string" }]));
  try {
    const { values } = parseArgs({ args: [...args], options: options as Record<string, { type: "string" }> });
    for (const name of required) if (!values[name]) throw new Error(`Option '--${name}' needs a value`);
    return values as Values<R, O>;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`${problem}\nUsage: ${usage.join(" ")}`, { cause: error });
  }
}

/** `198.51.100.4:80` or `[fd00::4]:80`. Port 0 lets the system choose. */
export function parseListen(value: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (!host || (match?.[1] !== undefined && !isIPv6(host)) || port > 65_535) {
    throw new Error(`--listen: "${value}" is not an address and port, such as 127.0.0.1:8080 or [::1]:8080`);
  }
  return { host, port };
}
