/** Kinds of Traefik's middlewares that let nobody through without a login. */
export const loginKinds: readonly string[] = ["basicAuth", "digestAuth", "forwardAuth"];

/** Kinds that keep somebody out: without them more people reach an app. */
export const guardKinds: readonly string[] = [...loginKinds, "ipAllowList"];
