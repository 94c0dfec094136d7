/** Kinds of Traefik's middlewares that require a login. */
export const loginKinds: readonly string[] = ["basicAuth", "digestAuth", "forwardAuth"];

/** Kinds that restrict access: without them more people reach an app. */
export const guardKinds: readonly string[] = [...loginKinds, "ipAllowList"];
