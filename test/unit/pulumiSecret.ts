/** The key that marks special values, such as secrets and assets, in the engine's protocol. */
export const signatureKey = "4dabf18193072939515e22adb298388d";

/** A secret as the engine's protocol encodes it. */
export function secret(value: unknown): Record<string, unknown> {
  return { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value };
}
