import * as pulumi from "@pulumi/pulumi";
import isPlainObject from "is-plain-obj";
import { configEncryption } from "../components/index.ts";
import { ConfigError, loadConfig } from "../config/index.ts";
import type { Settings } from "../config/index.ts";

/**
 * The settings of the stack.
 *
 * @throws pulumi.RunError with all problems at once
 */
export function readSettings(config: pulumi.Config): Settings {
  // Objects and lists are stored as JSON, plain values unchanged: a numeric id stays text.
  const get = (key: string): unknown => {
    const text = config.get(key);
    return text !== undefined && /^\s*[[{]/.test(text) ? config.getObject(key) : text;
  };
  try {
    return loadConfig({
      get,
      keys: () => writtenKeys(config),
      encryption: configEncryption,
      namesIn: (key) => namesIn(config, key),
      environment: process.env,
      needsSecrets: true,
      needsOwnValues: true,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const stack = pulumi.getStack();
    throw new pulumi.RunError(
      `${error.message}\nBy line and column: npx mynodeone check ${stack}, or in a checkout npm run check ${stack}`,
    );
  }
}

/** The names in a map whose values may be secrets. */
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
