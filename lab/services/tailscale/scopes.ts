/** The scope that a route requires of a token: https://tailscale.com/kb/1623/trust-credentials#scopes */
export type Scope =
  "devices:core" | "devices:core:read" | "policy_file" | "policy_file:read" | "auth_keys" | "auth_keys:read";

/** The names of scopes before 2024, which are still valid. */
const formerNames: Record<string, string> = {
  devices: "devices:core",
  "devices:read": "devices:core:read",
  acl: "policy_file",
  "acl:read": "policy_file:read",
};

/** Whether one of the scopes includes the required one: itself, its write scope, or `all`. */
export function covers(granted: readonly string[], wanted: string): boolean {
  const scope = formerNames[wanted] ?? wanted;
  const scopes = granted.map((name) => formerNames[name] ?? name);
  if (scopes.includes("all") || scopes.includes(scope)) return true;
  if (!scope.endsWith(":read")) return false;
  return scopes.includes("all:read") || scopes.includes(scope.replace(/:read$/, ""));
}
