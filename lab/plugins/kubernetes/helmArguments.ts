import type { helm, types } from "@pulumi/kubernetes";
import { isObject, type Properties } from "../framework/properties.ts";

type ReleaseOption = keyof helm.v3.ReleaseArgs;
type RepositoryOption = keyof types.input.helm.v3.RepositoryOpts;

/** Default in seconds. */
export const defaultTimeout = 300;

/** Arguments of every command that reads the chart. */
const chartFlags = {
  devel: "--devel",
  verify: "--verify",
} as const satisfies Partial<Record<ReleaseOption, string>>;

const deployFlags = {
  atomic: "--atomic",
  dependencyUpdate: "--dependency-update",
  renderSubchartNotes: "--render-subchart-notes",
  takeOwnership: "--take-ownership",
} as const satisfies Partial<Record<ReleaseOption, string>>;

const installFlags = {
  createNamespace: "--create-namespace",
  disableOpenapiValidation: "--disable-openapi-validation",
  disableWebhooks: "--no-hooks",
  replace: "--replace",
  skipCrds: "--skip-crds",
} as const satisfies Partial<Record<ReleaseOption, string>>;

// As in the official plugin, hooks depend on another option than in an install.
const upgradeFlags = {
  cleanupOnFail: "--cleanup-on-fail",
  disableCRDHooks: "--no-hooks",
  forceUpdate: "--force",
  recreatePods: "--recreate-pods",
  resetValues: "--reset-values",
  reuseValues: "--reuse-values",
} as const satisfies Partial<Record<ReleaseOption, string>>;

const repositoryFlags = {
  repo: "--repo",
  caFile: "--ca-file",
  certFile: "--cert-file",
  keyFile: "--key-file",
  username: "--username",
  password: "--password",
} as const satisfies Record<RepositoryOption, string>;

/** The content of `Chart.yaml`. */
export function showArguments(release: Properties): string[] {
  return ["show", "chart", ...chart(release)];
}

/** The `metadata`, `manifest` or `values` of a release as recorded by helm. @param revision the last one */
export function getArguments(what: "metadata" | "manifest" | "values", name: string, revision?: number) {
  const format = what === "manifest" ? [] : ["--output=json"];
  return ["get", what, name, ...format, ...(revision === undefined ? [] : [`--revision=${revision}`])];
}

export function installArguments(release: Properties): string[] {
  return [
    "install",
    String(release.name),
    ...chart(release),
    ...deploy(release),
    ...given(release, installFlags),
  ];
}

export function upgradeArguments(release: Properties): string[] {
  const history = typeof release.maxHistory === "number" ? release.maxHistory : 0;
  const flags = [...given(release, upgradeFlags), `--history-max=${history}`];
  return ["upgrade", String(release.name), ...chart(release), ...deploy(release), ...flags];
}

export function uninstallArguments(release: Properties): string[] {
  const waits = release.atomic === true || release.skipAwait !== true;
  return ["uninstall", String(release.name), ...(waits ? ["--wait", timeout(release)] : [])];
}

function chart(release: Properties): string[] {
  const { keyring, version, repositoryOpts } = release;
  const reference = chartReference(release);
  const options = isObject(repositoryOpts) ? { ...repositoryOpts } : {};
  // An OCI reference is complete by itself, and a repository that is not a URL has become part of the reference.
  if (reference !== release.chart || reference.startsWith("oci://")) delete options.repo;
  const repository = Object.entries(repositoryFlags).flatMap(([option, flag]) => {
    const value = options[option];
    return typeof value === "string" && value !== "" ? [`${flag}=${value}`] : [];
  });
  return [
    reference,
    ...(typeof version === "string" && version !== "" ? [`--version=${version}`] : []),
    ...repository,
    ...given(release, chartFlags),
    ...(typeof keyring === "string" ? [`--keyring=${keyring}`] : []),
  ];
}

/** `repositoryOpts.repo` may be the name of a repository added by `helm repo add`. */
function chartReference(release: Properties): string {
  const name = String(release.chart).trim();
  const repo = isObject(release.repositoryOpts) ? release.repositoryOpts.repo : undefined;
  const local = name.startsWith("oci://") || name.includes("/");
  return typeof repo !== "string" || repo === "" || local || URL.canParse(repo) ? name : `${repo}/${name}`;
}

function deploy(release: Properties): string[] {
  const { atomic, description, postrender, skipAwait, waitForJobs } = release;
  const waits = atomic === true || skipAwait !== true;
  return [
    timeout(release),
    ...(waits ? ["--wait"] : []),
    ...(skipAwait !== true && waitForJobs === true ? ["--wait-for-jobs"] : []),
    ...(typeof description === "string" ? [`--description=${description}`] : []),
    ...(typeof postrender === "string" ? [`--post-renderer=${postrender}`] : []),
    ...given(release, deployFlags),
  ];
}

function timeout(release: Properties): string {
  return `--timeout=${typeof release.timeout === "number" && release.timeout > 0 ? release.timeout : defaultTimeout}s`;
}

function given(release: Properties, flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).flatMap(([option, flag]) => (release[option] === true ? [flag] : []));
}
