import { catalogue } from "../../../apps/index.ts";
import type { AppDefinition, ChosenApp } from "../../../apps/index.ts";
import { privateNetworks } from "../../../components/inputs/networks.ts";

export function definitionOf(name: string): AppDefinition {
  const definition = catalogue[name];
  if (definition === undefined) throw new Error(`${name} is not in the catalogue`);
  return definition;
}

/** An app of the catalogue for a user who has set no values, reachable in the tailnet only. */
export function chosen(name: string, more: Partial<ChosenApp> = {}): ChosenApp {
  const host = `${name}.example.com`;
  const context = {
    name,
    host,
    hosts: [host],
    url: `https://${host}`,
    internet: false,
    cdn: false,
    proxies: more.internet === true ? (more.cdn === true ? 2 : 1) : 0,
    tailnetHosts: ["100.64.0.2", "home"],
    privateNetworks,
    proxyPort: definitionOf(name).proxyPort,
    timeZone: "Europe/Berlin",
    namespace: name,
    ...more,
  };
  return { values: definitionOf(name).values(context), ...context };
}

export function noticesOf(name: string, more?: Partial<ChosenApp>): string[] {
  return definitionOf(name).notices?.(chosen(name, more)) ?? [];
}

export function nextStepsOf(name: string, more?: Partial<ChosenApp>): string[] {
  return definitionOf(name).nextSteps?.(chosen(name, more)) ?? [];
}
