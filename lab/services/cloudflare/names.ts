const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Lower case, without the trailing dot. Like at Cloudflare, a name outside of the zone counts as relative to it (`@` is
 * the zone itself), unless it is `absolute`.
 */
export function canonicalName(
  name: string,
  zone: string,
  form: "relative" | "absolute" = "relative",
): string {
  const plain = name.trim().toLowerCase().replace(/\.$/, "");
  if (plain === "@") return zone;
  if (form === "absolute" || plain === zone || plain.endsWith(`.${zone}`)) return plain;
  return `${plain}.${zone}`;
}

/** A valid record name: a host name, perhaps with underscores and with `*.` in front. */
export function isOwnerName(name: string): boolean {
  return isHostName(name.replace(/^\*\./, ""));
}

export function isHostName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((part) => label.test(part));
}
