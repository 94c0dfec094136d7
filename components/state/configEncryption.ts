import * as pulumi from "@pulumi/pulumi";
import { internalError, useTestedSdk } from "./sdk.ts";

/**
 * Every key of the stack's config, other providers' too, and whether its value is encrypted in the stack's file.
 *
 * The SDK knows which values came encrypted, but does not declare the function. Without it a password in plain text would
 * pass unnoticed.
 *
 * @throws RunError if the SDK no longer has the function
 */
export function configEncryption(): Record<string, boolean> {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  if (typeof isConfigSecret !== "function") {
    throw internalError("it cannot be told which values of the config are encrypted", useTestedSdk);
  }
  return Object.fromEntries(Object.keys(pulumi.runtime.allConfig()).map((key) => [key, isConfigSecret(key)]));
}
