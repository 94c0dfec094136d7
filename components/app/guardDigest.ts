import { createHash } from "node:crypto";
import isPlainObject from "is-plain-obj";
import { guardKinds } from "../route/middlewareKinds.ts";

/**
 * A digest of a middleware's options that changes when it admits other visitors; empty for a kind that restricts
 * nobody. The options themselves must not be in outputs. No password goes into the digest, since a weak one could be
 * guessed from it: users count by name alone, and URLs without their user part.
 */
export function guardDigest(middleware: object): string {
  if (!Object.keys(middleware).some((kind) => guardKinds.includes(kind))) return "";
  return createHash("sha256")
    .update(JSON.stringify(withoutSecrets(middleware)))
    .digest("hex")
    .slice(0, 12);
}

/** With sorted keys, so that the digest does not depend on their order. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === "string") return value.replace(/\/\/[^/?#]*@/, "//");
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    // Traefik takes option names in any case.
    const name = key.toLowerCase();
    if (name === "users") return [name, userNames(inner)];
    return [name, name === "key" ? "" : withoutSecrets(inner)];
  });
  return entries.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Names from `name:hash` and `name:realm:hash`. */
function userNames(users: unknown): string[] {
  const lines = Array.isArray(users) ? users.map(String) : [];
  return lines.map((line) => (line.includes(":") ? line.replace(/:.*/s, "") : "")).sort();
}
