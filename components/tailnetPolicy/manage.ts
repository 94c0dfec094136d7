import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import isPlainObject from "is-plain-obj";
import { privateNetworks, tailnetRange } from "../inputs/networks.ts";
import { addressesWithout, networkWithout } from "./complement.ts";
import type { PolicyFacts } from "./facts.ts";
import { edgeRule } from "./rules.ts";

/*
 * The policy that the program writes: the default one, which allows everything, with the edges excluded, and the one
 * rule that edges need. Every other section stays unchanged.
 */

type Document = Record<string, unknown>;

/** The allow-all rule of a new tailnet in its two forms, by section. */
const allowAll: Record<string, object> = {
  acls: { action: "accept", src: ["*"], dst: ["*:*"] },
  grants: { src: ["*"], dst: ["*"], ip: ["*"] },
};

/** Sections of the default policy that grant no access to another device. */
const otherDefaults = ["ssh", "nodeattrs"];

/** Addresses of devices and of private networks that they route: the meaning of `*`. */
const tailnetNetworks = [tailnetRange, "fd7a:115c:a1e0::/48"];

/** The addresses and ports in the program's own rules. */
interface OwnRules {
  edges: string[];
  home: string;
  ports: number[];
}

/**
 * The default policy that a document is, or was before the program changed it; `undefined` if a user has written rules
 * into it.
 */
export function defaultBehind(document: Document): Document | undefined {
  if (isDefault(document)) return document;
  for (const [name, rule] of Object.entries(allowAll)) {
    const before = { ...document, [name]: [rule] };
    const own = ownRules(document[name]);
    if (own && isDefault(before) && isDeepStrictEqual(narrowed(before, own), document)) return before;
  }
  return undefined;
}

/** Whether it allows everything, and contains nothing else that a user has written. */
export function isDefault(document: Document): boolean {
  const sections = Object.entries(document).filter(([, section]) => !isEmpty(section));
  const ways = sections.filter(([name]) => !otherDefaults.includes(name.toLowerCase()));
  const [[name, section] = ["", undefined], ...more] = ways;
  return more.length === 0 && isDeepStrictEqual(section, [allowAll[name]]);
}

/** The new policy's text, based on a default policy. */
export function managedPolicy(base: Document, { edges, homeAddress, ports }: PolicyFacts): string {
  const own = {
    edges: sorted(edges.flatMap(({ device }) => device.addresses)),
    home: homeAddress,
    ports,
  };
  const comment =
    "// Written by MyNodeOne (mynodeone:tailnetPolicy: manage). For rules of your own, set that option to compare first.\n";
  return `${comment}${JSON.stringify(narrowed(base, own), undefined, 2)}\n`;
}

function narrowed(base: Document, { edges, home, ports }: OwnRules): Document {
  const section = sectionOf(base);
  const others = tailnetNetworks.map((network) => networkWithout(network, edges));
  const rest = { ...allowAll[section], src: [...others.flat(), ...privateNetworks] };
  const { src, dst, ...rule } = edgeRule(edges, home, ports);
  const grant = { src, dst: [home], ip: ports.map((port) => `tcp:${port}`) };
  const own = section === "acls" ? { ...rule, src, dst } : grant;
  return { ...base, [section]: ports.length > 0 ? [rest, own] : [rest] };
}

/** In the order of the networks without them. */
function sorted(addresses: readonly string[]): string[] {
  return tailnetNetworks.flatMap(
    (network) => addressesWithout(network, networkWithout(network, addresses)) ?? [],
  );
}

function sectionOf(base: Document): string {
  return Object.keys(allowAll).find((name) => name in base && !isEmpty(base[name])) ?? "acls";
}

/** The addresses and ports of two rules, if the rules are the program's. */
function ownRules(section: unknown): OwnRules | undefined {
  const [rest, own] = rules.safeParse(section).data ?? [];
  if (rest === undefined) return undefined;
  const found = tailnetNetworks.map((network) => addressesWithout(network, rest.src));
  if (found.includes(undefined)) return undefined;
  const [, home = "", list = ""] = /^(.*?)(?::([\d,]+))?$/.exec(own?.dst[0] ?? "") ?? [];
  const ports = own?.ip?.map((text) => text.replace("tcp:", "")) ?? list.split(",").filter(Boolean);
  return { edges: found.flatMap((addresses) => addresses ?? []), home, ports: ports.map(Number) };
}

const texts = z.array(z.string());
const rules = z
  .array(z.object({ src: texts, dst: texts, ip: texts.optional() }))
  .min(1)
  .max(2);

function isEmpty(section: unknown): boolean {
  return (
    (Array.isArray(section) && section.length === 0) ||
    (isPlainObject(section) && Object.keys(section).length === 0)
  );
}
