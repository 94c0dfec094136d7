import type { Advisory, Shipped, Upstream } from "./upstream.ts";
import { compareVersions } from "./versions.ts";

/** After this many days the report no longer shows whether the catalogue is behind. */
const freshDays = 30;

export interface Report {
  lines: string[];
  /** Whether an advisory affects a version that the catalogue installs. */
  vulnerable: boolean;
}

/** The apps and charts that are behind upstream, and the advisories that affect them. */
export function reportOutdated(
  { refreshed, apps }: Upstream,
  shipped: Readonly<Record<string, Shipped>>,
  today: Date,
): Report {
  const rows = Object.entries(shipped).flatMap(([name, ours]) => {
    const newest = apps[name];
    if (!newest) return [];
    const advisories = newest.advisories.filter((advisory) => concerns(advisory, ours.app));
    const parts = (["app", "chart"] as const).filter((part) => compareVersions(ours[part], newest[part]) < 0);
    const behind = parts.map((part) => `${name}: ${part} ${ours[part]}, newest ${newest[part]}`);
    return [...behind, ...advisories.map((advisory) => `${name}: ${ours.app} has ${describe(advisory)}`)];
  });
  const vulnerable = Object.entries(shipped).some(([name, { app }]) =>
    apps[name]?.advisories.some((advisory) => concerns(advisory, app)),
  );
  const lines = rows.length === 0 ? ["No app or chart of the catalogue is behind."] : rows;
  return { lines: [...lines, ...ageOf(refreshed, today)], vulnerable };
}

function concerns(advisory: Advisory, version: string): boolean {
  return "fixedIn" in advisory
    ? compareVersions(version, advisory.fixedIn) < 0
    : compareVersions(version, advisory.through) <= 0;
}

function describe(advisory: Advisory): string {
  return "fixedIn" in advisory
    ? `${advisory.id}, fixed in ${advisory.fixedIn}`
    : `${advisory.id}, known up to ${advisory.through}`;
}

function ageOf(refreshed: string, today: Date): string[] {
  const days = Math.floor((today.getTime() - Date.parse(refreshed)) / 86_400_000);
  const last = `Upstream was last checked on ${refreshed}.`;
  return days > freshDays ? [`${last} That is ${days} days ago: run npm run outdated -- --refresh`] : [last];
}
