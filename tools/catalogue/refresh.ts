import type { Advisory, Upstream, UpstreamApp } from "./upstream.ts";
import { versionOf } from "./versions.ts";

/** The requests to GitHub and to the charts' repositories. */
export interface Outside {
  /** The JSON at a path of GitHub's API: https://docs.github.com/rest */
  github(path: string): Promise<unknown>;
  /** The newest version of an app's chart. */
  chartVersion(app: string): Promise<string>;
}

/**
 * The same, updated from upstream. An app whose lookup fails keeps its known facts and is named; the date then stays,
 * since it applies to all apps.
 */
export async function refresh(
  known: Upstream,
  outside: Outside,
  today: Date,
): Promise<{ upstream: Upstream; problems: string[] }> {
  const problems: string[] = [];
  const apps = await Promise.all(
    Object.entries(known.apps).map(async ([name, app]): Promise<[string, UpstreamApp]> => {
      try {
        return [name, await refreshApp(name, app, outside)];
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        return [name, app];
      }
    }),
  );
  const refreshed = problems.length === 0 ? today.toISOString().slice(0, 10) : known.refreshed;
  return { upstream: { refreshed, apps: Object.fromEntries(apps) }, problems };
}

async function refreshApp(name: string, known: UpstreamApp, outside: Outside): Promise<UpstreamApp> {
  const release = (await outside.github(`/repos/${known.repository}/releases/latest`)) as {
    tag_name: string;
  };
  const found = (await outside.github(
    `/repos/${known.repository}/security-advisories?per_page=100`,
  )) as Found[];
  const advisories = found.flatMap(advisoryOf);
  const ids = new Set(advisories.map(({ id }) => id));
  return {
    ...known,
    app: versionOf(release.tag_name),
    chart: await outside.chartVersion(name),
    advisories: [...known.advisories.filter(({ id }) => !ids.has(id)), ...advisories],
  };
}

/** An advisory of a repository: https://docs.github.com/rest/security-advisories/repository-advisories */
interface Found {
  ghsa_id: string;
  cve_id: string | null;
  vulnerabilities: { patched_versions: string | null }[] | null;
}

/** The versions are free text there. A version without any number is ignored. */
function advisoryOf({ ghsa_id: id, cve_id: cve, vulnerabilities }: Found): Advisory[] {
  const fixed = (vulnerabilities ?? []).map(({ patched_versions: text }) => versionOf(text ?? ""));
  const [fixedIn] = fixed.filter((version) => version.includes("."));
  return fixedIn === undefined ? [] : [{ id: cve ?? id, fixedIn }];
}
