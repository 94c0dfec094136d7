import { show } from "../../config/schema/problems.ts";
import type { PolicyDevice, PolicyEdge, PolicyFacts } from "../../components/tailnetPolicy/facts.ts";
import type { Policy, Rule, Target } from "./policy.ts";
import { inline, neededRule } from "../../components/tailnetPolicy/rules.ts";
import { isNarrow, matches } from "./selectors.ts";

/** Further documentation for the user. */
const documentation = "docs/tailnet-policy.md";

/** What a policy allows edges beyond the apps, and what they need and cannot reach: a line each. */
export function comparePolicy(policy: Policy, facts: PolicyFacts): string[] {
  return [
    ...facts.edges.flatMap((edge) => excess(edge, policy, facts)),
    ...facts.edges.flatMap((edge) => lack(edge, policy, facts)),
  ];
}

function excess({ name, device }: PolicyEdge, policy: Policy, facts: PolicyFacts): string[] {
  const wide = policy.rules.filter(
    ({ sources, targets }) =>
      sources.some((source) => matches(source, device, policy) !== "no") &&
      targets.some((target) => !isNeeded(target, policy, facts)),
  );
  if (wide.length === 0) return [];
  const rule = neededRule(facts);
  return [
    `mynodeone:tailnetPolicy: the tailnet's policy lets ${name} reach more than the apps on the internet, by ` +
      `${wide.map(describe).join(" and ")}. An intruder on that VPS could reach the same. Exclude ${name} from the ` +
      `sources${rule === undefined ? "" : `, and allow it to reach the apps: ${inline(rule)}`}. ${documentation} has a ` +
      "complete policy.",
  ];
}

function lack({ name, device }: PolicyEdge, policy: Policy, facts: PolicyFacts): string[] {
  const missing = facts.ports.filter(
    (port) => !policy.rules.some((rule) => allows(rule, device, facts.home, port, policy)),
  );
  const rule = neededRule(facts);
  if (missing.length === 0 || rule === undefined) return [];
  const ports = missing.length === 1 ? "port" : "ports";
  return [
    `mynodeone:tailnetPolicy: no rule of the tailnet's policy lets ${name} reach ${facts.home.name} at TCP ${ports} ` +
      `${missing.join(", ")}: visitors get an error. Add to "acls": ${inline(rule)}`,
  ];
}

/** Whether a target is exactly the home's proxies. */
function isNeeded({ selector, ports, protocol }: Target, policy: Policy, facts: PolicyFacts): boolean {
  const others = facts.devices.filter(({ name }) => name !== facts.home.name);
  return (
    ["", "tcp", "6"].includes(protocol) &&
    isNarrow(selector, policy) &&
    matches(selector, facts.home, policy) === "yes" &&
    others.every((other) => matches(selector, other, policy) === "no") &&
    ports.last - ports.first < facts.ports.length &&
    Array.from({ length: ports.last - ports.first + 1 }, (_, step) => ports.first + step).every((port) =>
      facts.ports.includes(port),
    )
  );
}

/** Whether a rule certainly allows a device to reach a port of another. */
function allows(
  { sources, targets, written }: Rule,
  from: PolicyDevice,
  to: PolicyDevice,
  port: number,
  policy: Policy,
): boolean {
  return (
    !("srcPosture" in written) &&
    sources.some((source) => matches(source, from, policy) === "yes") &&
    targets.some(
      ({ selector, protocol, ports }) =>
        ["", "*", "tcp", "6"].includes(protocol) &&
        matches(selector, to, policy) === "yes" &&
        ports.first <= port &&
        port <= ports.last,
    )
  );
}

function describe({ place, written }: Rule): string {
  const text = inline(written);
  return `${place} (${text.length > 300 ? `${show(text.slice(0, 300))}…` : text})`;
}
