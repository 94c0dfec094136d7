import * as pulumi from "@pulumi/pulumi";
import isPlainObject from "is-plain-obj";
import { ConfigError, loadConfig } from "../config/index.ts";
import type { Settings } from "../config/index.ts";

/**
 * The settings of the stack.
 *
 * @throws pulumi.RunError with every problem at once
 */
export function readSettings(config: pulumi.Config): Settings {
  // Objects and lists are stored as JSON, plain values as they are: an id of digits alone stays text.
  const get = (key: string): unknown => {
    const text = config.get(key);
    return text !== undefined && /^\s*[[{]/.test(text) ? config.getObject(key) : text;
  };
  try {
    return loadConfig({
      get,
      keys: () => writtenKeys(config),
      encryption: writtenEncryption,
      namesIn: (key) => namesIn(config, key),
      environment: process.env,
      needsSecrets: true,
      needsOwnValues: true,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new pulumi.RunError(`${error.message}\nBy line and column: npm run check ${pulumi.getStack()}`);
  }
}

/** The names in a map, whose values may be secrets. */
export function namesIn(config: pulumi.Config, key: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(pulumi.runtime.allConfig()[`${config.name}:${key}`] ?? "null");
    return isPlainObject(value) ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Every key below the config's namespace, known or not. */
export function writtenKeys(config: pulumi.Config): string[] {
  const prefix = `${config.name}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
}

/** The SDK knows which values came encrypted, but does not declare that it does. */
const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };

/** Every key of the stack, other providers' too, and whether its value is encrypted; none if that cannot be told. */
function writtenEncryption(): Record<string, boolean> {
  if (isConfigSecret === undefined) return {};
  const keys = Object.keys(pulumi.runtime.allConfig());
  return Object.fromEntries(keys.map((key) => [key, isConfigSecret(key)]));
}
