import { isIPv4 } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import isPlainObject from "is-plain-obj";
import { privateNetworks, tailnetRange } from "../inputs/networks.ts";
import { addressesWithout, networkWithout } from "./complement.ts";
import type { PolicyFacts } from "./facts.ts";
import { edgeRule } from "./rules.ts";

/*
 * The policy that the program writes: the default one, in which everybody reaches everything, without the edges, and
 * the one rule that edges need. Every other section of it stays as it is.
 */

type Document = Record<string, unknown>;

/** The two forms of the rule that a new tailnet has, by the section that it is in. */
const allowAll: Record<string, object> = {
  acls: { action: "accept", src: ["*"], dst: ["*:*"] },
  grants: { src: ["*"], dst: ["*"], ip: ["*"] },
};

/** Sections of the default policy that give nobody a way to another device. */
const otherDefaults = ["ssh", "nodeattrs"];

/** Addresses that devices have, and those of private networks that they lead to: what `*` stands for. */
const tailnetNetworks = [tailnetRange, "fd7a:115c:a1e0::/48"];

/** The addresses and ports that the program's own rules are made of. */
interface OwnRules {
  edges: string[];
  home: string;
  ports: number[];
}

/**
 * The default policy that a document is, or was before the program wrote it; `undefined` for one that somebody has
 * written rules of their own into.
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

/** Whether everybody reaches everything by it, and nothing else is in it that a user has written. */
export function isDefault(document: Document): boolean {
  const sections = Object.entries(document).filter(([, section]) => !isEmpty(section));
  const ways = sections.filter(([name]) => !otherDefaults.includes(name.toLowerCase()));
  const [[name, section] = ["", undefined], ...more] = ways;
  return more.length === 0 && isDeepStrictEqual(section, [allowAll[name]]);
}

/** The text to write, from a default policy. */
export function managedPolicy(base: Document, { edges, home, ports }: PolicyFacts): string {
  const own = {
    edges: sorted(edges.flatMap(({ device }) => device.addresses)),
    home: home.addresses.find((address) => isIPv4(address)) ?? "",
    ports,
  };
  const comment =
    "// Written by MyNodeOne (mynodeone:tailnetPolicy: manage). Rules of your own: set that to compare first.\n";
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

/** In the order in which the networks without them tell it. */
function sorted(addresses: readonly string[]): string[] {
  return tailnetNetworks.flatMap(
    (network) => addressesWithout(network, networkWithout(network, addresses)) ?? [],
  );
}

function sectionOf(base: Document): string {
  return Object.keys(allowAll).find((name) => name in base && !isEmpty(base[name])) ?? "acls";
}

/** What two rules are made of, if they are the program's. */
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
