import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { kubeconfig } from "./cluster/index.ts";
import { traefikDownload, vendorCredentials } from "./internet.ts";
import { hostKey } from "./machines.ts";
import { projectRoot } from "./paths.ts";
import { authority } from "./pki.ts";
import { sshKey } from "./run.ts";
import { domain } from "./topology.ts";

/** An app's options as in `mynodeone:apps`. */
export type AppOptions = Record<string, unknown> & { chart?: { name: string } };

/** The lab stack's config, as parsed YAML. */
export interface LabConfig {
  "mynodeone:acme": Record<string, unknown>;
  "mynodeone:edges": ({ ssh: Record<string, unknown> } & Record<string, unknown>)[];
  "mynodeone:controlPlane": { ssh: Record<string, unknown> } & Record<string, unknown>;
  "mynodeone:apps": Record<string, AppOptions>;
  [key: string]: unknown;
}

/** The apps that Pulumi.lab.yaml declares. */
export function declaredApps(): Record<string, AppOptions> {
  return readLabConfig()["mynodeone:apps"];
}

/** The URLs of the declared apps that are on the internet. */
export function publicUrls(apps: Record<string, AppOptions> = declaredApps()): string[] {
  return Object.entries(apps)
    .filter(([, { internet }]) => internet === true)
    .map(([name, { subdomain }]) => `https://${typeof subdomain === "string" ? subdomain : name}.${domain}`);
}

/** Pulumi.lab.yaml, completed by this lab's CA certificate, host keys and Traefik archive. */
export function labConfig(): LabConfig {
  const config = readLabConfig();
  config["mynodeone:acme"].caCertificate = readFileSync(authority.certificate, "utf8");
  for (const edge of config["mynodeone:edges"]) {
    edge.ssh.hostKey = hostKey("vps");
    edge.traefik = traefikDownload();
  }
  config["mynodeone:controlPlane"].ssh.hostKey = hostKey("home");
  return config;
}

/**
 * A config in the format of a stack's file: objects and lists as JSON.
 *
 * @param apps replaces those that it declares
 */
export function stackConfig(config: LabConfig, apps = config["mynodeone:apps"]): Record<string, string> {
  const installable = Object.entries(apps).map(([name, options]) => [name, withChartPath(options)] as const);
  const whole: Record<string, unknown> = { ...config, "mynodeone:apps": Object.fromEntries(installable) };
  return Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The values that the stack keeps encrypted. */
export function stackSecrets(): Record<string, string> {
  const { cloudflareToken, tailscaleApiKey } = vendorCredentials();
  return {
    "mynodeone:sshPrivateKey": readFileSync(sshKey, "utf8"),
    "mynodeone:kubeconfig": kubeconfig(),
    "cloudflare:apiToken": cloudflareToken,
    "tailscale:apiKey": tailscaleApiKey,
  };
}

function readLabConfig(): LabConfig {
  const text = readFileSync(join(projectRoot, "Pulumi.lab.yaml"), "utf8");
  return (parse(text) as { config: LabConfig }).config;
}

/** The engine's workspace lies elsewhere, so a chart of this checkout needs its absolute path. */
function withChartPath(options: AppOptions): AppOptions {
  if (!options.chart?.name.startsWith("./")) return options;
  return { ...options, chart: { ...options.chart, name: join(projectRoot, options.chart.name) } };
}
