import { publicUrl } from "../../components/names.ts";
import type { Topology, TopologyApp } from "../topology.ts";
import type { Change, Effect } from "./change.ts";
import { guardChanges, guards } from "./guards.ts";
import { joined, listed, phrase, type Phrase } from "./phrase.ts";

/** One app of a plan. */
export interface PlanLine {
  app: string;
  effect: Effect;
  text: Phrase;
}

/** The differences that a preview makes to who can reach what. */
export interface Plan {
  /** The apps whose exposure changes, opening ones first. */
  lines: PlanLine[];
  /** Number of apps afterwards. */
  apps: number;
  /** Number of these on the internet. */
  onTheInternet: number;
}

/** What becomes reachable, and what ceases to be. */
export function compareTopologies(before: Topology | undefined, after: Topology): Plan {
  const old = new Map((before?.apps ?? []).map((app) => [app.name, app]));
  const now = new Map(after.apps.map((app) => [app.name, app]));
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const lines = names.flatMap((app) => {
    const changes = compareApps(old.get(app), now.get(app));
    if (changes.length === 0) return [];
    return [
      {
        app,
        effect: strongest(changes),
        text: joined(
          changes.map(({ text }) => text),
          "; ",
        ),
      },
    ];
  });
  const order: Effect[] = ["opens", "closes", "changes"];
  return {
    lines: order.flatMap((effect) => lines.filter((line) => line.effect === effect)),
    apps: after.apps.length,
    onTheInternet: after.apps.filter(({ internet }) => internet).length,
  };
}

function strongest(changes: Change[]): Effect {
  const has = (wanted: Effect) => changes.some(({ effect }) => effect === wanted);
  return has("opens") ? "opens" : has("closes") ? "closes" : "changes";
}

function compareApps(before: TopologyApp | undefined, after: TopologyApp | undefined): Change[] {
  if (after === undefined) return before === undefined ? [] : [removed(before)];
  if (!after.internet) return before?.internet ? [withdrawn(before, after)] : inside(before, after);
  if (!before?.internet) return [published(before, after)];
  return [
    ...hostChanges(before, after),
    ...serviceChanges(before, after, "opens"),
    ...guardChanges(before, after),
  ];
}

function removed(before: TopologyApp): Change {
  if (!before.internet) return { effect: "changes", text: phrase`removed, was ${whereInside(before)}` };
  return { effect: "closes", text: phrase`removed, no longer public: ${listed(urls(before))}` };
}

function published(before: TopologyApp | undefined, after: TopologyApp): Change {
  const who = guards(after);
  const was = before === undefined ? phrase`new, ` : phrase`was ${whereInside(before)}, `;
  return { effect: "opens", text: phrase`${was}becomes public: ${listed(urls(after))}, ${who}` };
}

function withdrawn(before: TopologyApp, after: TopologyApp): Change {
  return {
    effect: "closes",
    text: phrase`no longer public: ${listed(urls(before))}; stays ${whereInside(after)}`,
  };
}

/** Changes of an app that is public neither before nor afterwards. */
function inside(before: TopologyApp | undefined, after: TopologyApp): Change[] {
  if (before === undefined) return [{ effect: "changes", text: phrase`new, ${whereInside(after)}` }];
  if (before.url === after.url) return serviceChanges(before, after, "changes");
  return [{ effect: "changes", text: phrase`now ${whereInside(after)}, was ${whereInside(before)}` }];
}

function hostChanges(before: TopologyApp, after: TopologyApp): Change[] {
  const [was, is] = [urls(before), urls(after)];
  const gained = is.filter((url) => !was.includes(url));
  const lost = was.filter((url) => !is.includes(url));
  return [
    ...(gained.length > 0
      ? [{ effect: "opens" as const, text: phrase`becomes public: ${listed(gained)}, ${guards(after)}` }]
      : []),
    ...(lost.length > 0
      ? [{ effect: "closes" as const, text: phrase`no longer public: ${listed(lost)}` }]
      : []),
  ];
}

/** The same addresses with another Service, which more people can reach now. */
function serviceChanges(before: TopologyApp, after: TopologyApp, effect: Effect): Change[] {
  const [was, is] = [serviceOf(before), serviceOf(after)];
  return was === is ? [] : [{ effect, text: phrase`leads to ${is}, no longer to ${was}` }];
}

function serviceOf({ hops }: TopologyApp): string {
  const service = hops.find((hop) => hop.kind === "service");
  return service ? `${service.namespace}/${service.name}:${service.port}` : "nothing";
}

function whereInside(app: TopologyApp): Phrase {
  // Outputs of a former version have no apps without a proxy.
  const place = app.hops.some(({ kind }) => kind === "proxy")
    ? "for the tailnet only"
    : "inside the cluster only";
  return [`${place} (`, { value: app.url }, ")"];
}

function urls({ host, hosts }: TopologyApp): string[] {
  // Outputs of a former version have a single name.
  return ((hosts as string[] | undefined) ?? [host]).map(publicUrl);
}
