import isPlainObject from "is-plain-obj";

/** A tailnet's policy, with the sections that grant access. */
export interface Policy {
  /** The whole document. */
  document: Record<string, unknown>;
  groups: Record<string, string[]>;
  hosts: Record<string, string>;
  rules: Rule[];
}

/** A rule of `acls` or `grants`, normalized. */
export interface Rule {
  /** Its position: `acls[0]`. */
  place: string;
  /** The rule as written. */
  written: Record<string, unknown>;
  sources: string[];
  targets: Target[];
}

/** One target of a rule. */
export interface Target {
  selector: string;
  /** Lower case; empty for any. */
  protocol: string;
  /** Both ends included. */
  ports: { first: number; last: number };
}

const everyPort = { first: 0, last: 65535 } as const;

/**
 * A policy from its JSON. Names of sections and fields are case-insensitive, as for Tailscale.
 *
 * @throws Error if it is not an object
 */
export function readPolicy(json: string): Policy {
  const document: unknown = JSON.parse(json);
  if (!isPlainObject(document)) throw new Error("the policy is not an object");
  const sections = lowerKeys(document);
  return {
    document,
    groups: mapOf(sections.groups, texts),
    hosts: mapOf(sections.hosts, String),
    rules: [
      ...rulesOf(sections.acls, "acls", aclTargets),
      ...rulesOf(sections.grants, "grants", grantTargets),
    ],
  };
}

function rulesOf(
  section: unknown,
  name: string,
  targetsOf: (fields: Record<string, unknown>) => Target[],
): Rule[] {
  if (!Array.isArray(section)) return [];
  return section.filter(isPlainObject).map((written, index) => {
    const fields = lowerKeys(written);
    const sources = texts(fields.src ?? fields.users);
    return { place: `${name}[${index}]`, written, sources, targets: targetsOf(fields) };
  });
}

/** `["home:22,80-90"]` */
function aclTargets(fields: Record<string, unknown>): Target[] {
  const protocol = typeof fields.proto === "string" ? fields.proto.toLowerCase() : "";
  return texts(fields.dst ?? fields.ports).flatMap((text) => {
    const colon = text.lastIndexOf(":");
    const selector = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
    return text
      .slice(colon + 1)
      .split(",")
      .map((ports) => ({ selector, protocol, ports: rangeOf(ports) }));
  });
}

/** `{dst: ["home"], ip: ["tcp:22", "80-90"]}`; a grant without `ip` gives no network access. */
function grantTargets(fields: Record<string, unknown>): Target[] {
  return texts(fields.dst).flatMap((selector) =>
    texts(fields.ip).map((text) => {
      const [ports = "", protocol = ""] = text.split(":").toReversed();
      return { selector, protocol: protocol.toLowerCase(), ports: rangeOf(ports) };
    }),
  );
}

/** An unknown syntax counts as every port. */
function rangeOf(text: string): Target["ports"] {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? [];
  return first === undefined ? everyPort : { first: Number(first), last: Number(last ?? first) };
}

function lowerKeys(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key.toLowerCase(), value]));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function mapOf<T>(section: unknown, read: (value: unknown) => T): Record<string, T> {
  if (!isPlainObject(section)) return {};
  return Object.fromEntries(Object.entries(section).map(([name, value]) => [name, read(value)]));
}
