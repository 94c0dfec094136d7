import { catalogue } from "../../../apps/index.ts";
import type { AppDefinition, ChosenApp } from "../../../apps/index.ts";
import type { Values } from "../../../apps/values.ts";
import { k3sPods, privateNetworks } from "../../../components/inputs/networks.ts";

export function definitionOf(name: string): AppDefinition {
  const definition = catalogue[name];
  if (definition === undefined) throw new Error(`${name} is not in the catalogue`);
  return definition;
}

/**
 * The differences from an app with nothing set. `values` are those of its chart, `undefined` for an existing Service.
 */
type Choices = Partial<ChosenApp> & { values?: Values | undefined };

/** An app of the catalogue for a user who has set no values, reachable in the tailnet only. */
export function chosen(name: string, more: Choices = {}): ChosenApp & { values: Values | undefined } {
  const host = `${name}.example.com`;
  const definition = definitionOf(name);
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
    k3sPods,
    proxyPort: definition.proxyPort,
    timeZone: "Europe/Berlin",
    namespace: name,
    ...more,
  };
  const values = Object.hasOwn(more, "values") ? more.values : definition.values(context);
  return { release: values && { chart: definition.chart.name, values }, ...context, values };
}

export function noticesOf(name: string, more?: Choices): string[] {
  return definitionOf(name).notices?.(chosen(name, more)) ?? [];
}

export function nextStepsOf(name: string, more?: Choices): string[] {
  return definitionOf(name).nextSteps?.(chosen(name, more)) ?? [];
}
