import type { TopologyApp } from "../topology.ts";
import { guardKinds } from "../../components/route/middlewareKinds.ts";
import type { Change } from "./change.ts";
import { joined, listed, phrase, type Phrase } from "./phrase.ts";

/** The guards of a public app. An output of a former version has none. */
function guardsOf(app: Partial<TopologyApp>) {
  const { basicAuth = false, allowFrom = [], rateLimit, cdn = false, middlewares = [] } = app;
  const limit = rateLimit && `${rateLimit.average}/s, ${rateLimit.burst} at once`;
  return { basicAuth, allowFrom, limit, cdn, middlewares };
}

/** Who is allowed: "from everywhere", "only from 10.0.0.0/8, with a password at the edge". */
export function guards(app: TopologyApp): Phrase {
  const { basicAuth, allowFrom, middlewares } = guardsOf(app);
  const logins = middlewares.filter((kind) => guardKinds.includes(kind));
  return joined(
    [
      allowFrom.length > 0 ? phrase`only from ${listed(allowFrom)}` : phrase`from everywhere`,
      ...(basicAuth ? [phrase`with a password at the edge`] : []),
      ...logins.map((kind) => phrase`through ${kind}`),
    ],
    ", ",
  );
}

/** Changes of the guards of an app that stays public. */
export function guardChanges(before: TopologyApp, after: TopologyApp): Change[] {
  const [was, is] = [guardsOf(before), guardsOf(after)];
  const changes: Change[] = [];
  const note = (effect: Change["effect"], text: Phrase) => changes.push({ effect, text });

  if (was.basicAuth && !is.basicAuth) note("opens", phrase`the edge no longer asks for a password`);
  if (!was.basicAuth && is.basicAuth) note("closes", phrase`the edge asks for a password`);
  changes.push(...clientChanges(was.allowFrom, is.allowFrom));

  changes.push(...middlewareChanges(before, after));

  if (was.limit !== is.limit)
    note("changes", is.limit ? phrase`rate limit ${is.limit}` : phrase`no rate limit`);
  if (was.cdn !== is.cdn)
    note("changes", is.cdn ? phrase`through Cloudflare` : phrase`no longer through Cloudflare`);
  return changes;
}

/** A kind can occur twice, and each occurrence restricts access. */
function middlewareChanges(before: TopologyApp, after: TopologyApp): Change[] {
  const kinds = [...new Set([...guardsOf(before).middlewares, ...guardsOf(after).middlewares])];
  return kinds.flatMap((kind): Change[] => {
    const [opens, closes] = guardKinds.includes(kind)
      ? (["opens", "closes"] as const)
      : (["changes", "changes"] as const);
    const was = digestsOf(kind, before, after);
    const is = digestsOf(kind, after, before);
    const gone = without(was, is);
    const come = without(is, was);
    // The effect of new options is unknown: they may admit others.
    if (gone.length === come.length)
      return gone.length > 0 ? [{ effect: opens, text: phrase`other options of ${kind}` }] : [];
    const changed = gone.length > 0 && come.length > 0;
    const rest = changed ? phrase`, other options of ${kind}` : [];
    if (gone.length < come.length)
      return [{ effect: changed ? opens : closes, text: [...phrase`through ${kind}`, ...rest] }];
    const fewer = is.length > 0 ? phrase`one ${kind} fewer` : phrase`no longer through ${kind}`;
    return [{ effect: opens, text: [...fewer, ...rest] }];
  });
}

/** The digests of the middlewares of a kind; all equal if the other output is of a former version without them. */
function digestsOf(kind: string, app: Partial<TopologyApp>, other: Partial<TopologyApp>): string[] {
  const digests = app.digests && other.digests ? app.digests : [];
  return guardsOf(app).middlewares.flatMap((one, index) => (one === kind ? [digests[index] ?? ""] : []));
}

/** Items that `all` has more often than `taken`. */
function without(all: string[], taken: string[]): string[] {
  const left = [...taken];
  return all.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function clientChanges(was: string[], is: string[]): Change[] {
  const added = is.filter((network) => !was.includes(network));
  const dropped = was.filter((network) => !is.includes(network));
  if (was.length > 0 && is.length === 0)
    return [{ effect: "opens", text: phrase`from everywhere, was only from ${listed(was)}` }];
  if (was.length === 0 && is.length > 0) return [{ effect: "closes", text: phrase`only from ${listed(is)}` }];
  return [
    ...(added.length > 0 ? [{ effect: "opens" as const, text: phrase`also from ${listed(added)}` }] : []),
    ...(dropped.length > 0
      ? [{ effect: "closes" as const, text: phrase`no longer from ${listed(dropped)}` }]
      : []),
  ];
}
