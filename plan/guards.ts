import type { TopologyApp } from "../components/topology.ts";
import type { Change } from "./compare.ts";
import { joined, listed, phrase, type Phrase } from "./phrase.ts";

/** Middlewares that keep somebody out: one that goes opens an app. */
const keepsOut = ["basicAuth", "digestAuth", "forwardAuth", "ipAllowList"];

/** What guards a public app. An output of an earlier version says nothing of guards: there were none. */
function guardsOf(app: Partial<TopologyApp>) {
  const { basicAuth = false, allowFrom = [], rateLimit, cdn = false, middlewares = [] } = app;
  const limit = rateLimit && `${rateLimit.average}/s, ${rateLimit.burst} at once`;
  return { basicAuth, allowFrom, limit, cdn, middlewares };
}

/** Who may come in: "for everybody", "from 10.0.0.0/8 alone, with a password". */
export function guards(app: TopologyApp): Phrase {
  const { basicAuth, allowFrom, middlewares } = guardsOf(app);
  const logins = middlewares.filter((kind) => keepsOut.includes(kind));
  return joined(
    [
      allowFrom.length > 0 ? phrase`from ${listed(allowFrom)} alone` : phrase`from everywhere`,
      ...(basicAuth ? [phrase`with a password of the edge`] : []),
      ...logins.map((kind) => phrase`through ${kind}`),
    ],
    ", ",
  );
}

/** What changes about a way that stays public. */
export function guardChanges(before: TopologyApp, after: TopologyApp): Change[] {
  const [was, is] = [guardsOf(before), guardsOf(after)];
  const changes: Change[] = [];
  const note = (effect: Change["effect"], text: Phrase) => changes.push({ effect, text });

  if (was.basicAuth && !is.basicAuth) note("opens", phrase`the edge asks for no password any more`);
  if (!was.basicAuth && is.basicAuth) note("closes", phrase`the edge asks for a password`);
  changes.push(...clientChanges(was.allowFrom, is.allowFrom));

  const gone = was.middlewares.filter((kind) => !is.middlewares.includes(kind));
  const come = is.middlewares.filter((kind) => !was.middlewares.includes(kind));
  for (const kind of gone) note(keepsOut.includes(kind) ? "opens" : "changes", phrase`no ${kind} any more`);
  for (const kind of come) note(keepsOut.includes(kind) ? "closes" : "changes", phrase`through ${kind}`);

  if (was.limit !== is.limit)
    note("changes", is.limit ? phrase`rate limit ${is.limit}` : phrase`no rate limit`);
  if (was.cdn !== is.cdn)
    note("changes", is.cdn ? phrase`through Cloudflare` : phrase`no longer through Cloudflare`);
  return changes;
}

function clientChanges(was: string[], is: string[]): Change[] {
  const added = is.filter((network) => !was.includes(network));
  const dropped = was.filter((network) => !is.includes(network));
  if (was.length > 0 && is.length === 0)
    return [{ effect: "opens", text: phrase`open to everywhere, was for ${listed(was)} alone` }];
  if (was.length === 0 && is.length > 0)
    return [{ effect: "closes", text: phrase`from ${listed(is)} alone` }];
  return [
    ...(added.length > 0 ? [{ effect: "opens" as const, text: phrase`also from ${listed(added)}` }] : []),
    ...(dropped.length > 0
      ? [{ effect: "closes" as const, text: phrase`no longer from ${listed(dropped)}` }]
      : []),
  ];
}
