import * as pulumi from "@pulumi/pulumi";
import { internalError, useTestedSdk } from "./sdk.ts";

/**
 * All keys of the stack's config, including other providers', and whether their values are encrypted in its file.
 *
 * The SDK knows which values were encrypted, but does not declare the function. Without it a plain-text password would
 * not be detected.
 *
 * @throws RunError if the SDK no longer has the function
 */
export function configEncryption(): Record<string, boolean> {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  if (typeof isConfigSecret !== "function") {
    throw internalError("cannot determine which values of the config are encrypted", useTestedSdk);
  }
  return Object.fromEntries(Object.keys(pulumi.runtime.allConfig()).map((key) => [key, isConfigSecret(key)]));
}
