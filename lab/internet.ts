import { createHash, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon, stopDaemon } from "./daemon.ts";
import { paths, projectRoot, tool } from "./paths.ts";
import { authority, issueCertificate } from "./pki.ts";
import { insideNetwork, run, runInNetwork } from "./run.ts";
import { programOf } from "./toolchain/programs.ts";
import { installDirectory } from "./toolchain/recipe.ts";
import { domain, netns, services } from "./topology.ts";

const directory = join(paths.lab, "internet");
const zones = join(directory, "zones");
const file = (name: string) => join(directory, name);

/** Secrets of the emulated vendors, new for each lab. */
export interface VendorCredentials {
  cloudflareToken: string;
  tailscaleApiKey: string;
}

/** The tokens that the vendors accept. Their services read them at each request. */
export const vendorFiles = {
  cloudflareTokens: file("cloudflare-tokens.json"),
  tailscaleTokens: file("tailscale-tokens.json"),
};

/** All roots that this lab's ACME CA has had: pebble creates a new one at each start. */
export const acmeRoots = file("acme-roots.pem");

/** The files that the lab's internet serves on `mirror`: the archives that a VPS would download. */
export const mirrorRoot = file("mirror");

export function vendorCredentials(): VendorCredentials {
  const path = file("credentials.json");
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true });
    const secret = (prefix: string) => `${prefix}${randomBytes(20).toString("hex")}`;
    writeSecret(path, { cloudflareToken: secret("cf-"), tailscaleApiKey: secret("tskey-api-") });
  }
  const credentials = JSON.parse(readFileSync(path, "utf8")) as VendorCredentials;
  const { cloudflareTokens, tailscaleTokens } = vendorFiles;
  if (!existsSync(cloudflareTokens)) writeSecret(cloudflareTokens, [{ token: credentials.cloudflareToken }]);
  if (!existsSync(tailscaleTokens)) writeSecret(tailscaleTokens, { apiKeys: [credentials.tailscaleApiKey] });
  return credentials;
}

function writeSecret(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value), { mode: 0o600 });
}

/** The zone's DNS provider, and the authoritative name server with its records. */
export async function startDns(): Promise<void> {
  vendorCredentials();
  mkdirSync(zones, { recursive: true });
  await startService("cloudflare", [
    ...["--tokens-file", vendorFiles.cloudflareTokens, "--state", file("cloudflare")],
    ...["--zone-file", join(zones, `db.${domain}`)],
  ]);
  const corefile = file("Corefile");
  writeFileSync(
    corefile,
    `.:${services.dns.port} {
  bind ${services.dns.address}
  auto ${domain} {
    directory ${zones} db\\.(.*) {1}
    reload 1s
  }
  errors
}
`,
  );
  await startDaemon({
    name: "dns",
    command: tool("coredns"),
    args: ["-conf", corefile],
    netns: netns("inet"),
    ready: () => runInNetwork("client", ["getent", "ahostsv4", services.acme.name]),
  });
}

/** Tailscale's REST API, in front of the control server of `startTailnet`. */
export async function startTailscaleApi(headscaleKeyFile: string): Promise<void> {
  await startService("tailscale", [
    ...["--headscale", `https://${services.headscale.address}`, "--headscale-key-file", headscaleKeyFile],
    ...["--ca-file", authority.certificate, "--tokens-file", vendorFiles.tailscaleTokens],
  ]);
}

/** Serves Traefik's archive. */
export async function startMirror(): Promise<void> {
  if (!existsSync(join(mirrorRoot, traefikArchive))) {
    mkdirSync(mirrorRoot, { recursive: true });
    linkSync(await packTraefik(), join(mirrorRoot, traefikArchive));
  }
  await startService("mirror", ["--root", mirrorRoot]);
}

/** Packs it like the project's releases, once for all labs. @returns the file */
async function packTraefik(): Promise<string> {
  const archive = join(paths.images, `traefik-${programOf("traefik").version}.tar.gz`);
  if (existsSync(archive)) return archive;
  mkdirSync(paths.images, { recursive: true });
  const partial = `${archive}.${process.pid}.partial`;
  await run("tar", [
    ...["--create", "--use-compress-program=gzip -1", "--dereference", "--file", partial],
    ...["--directory", join(installDirectory("traefik"), "bin"), "traefik"],
  ]);
  renameSync(partial, archive);
  return archive;
}

const traefikArchive = "traefik_linux_amd64.tar.gz";

/** The URL from which the lab's VPS downloads Traefik, and the archive's checksum. */
export function traefikDownload(): { url: string; sha256: string } {
  const archive = readFileSync(join(mirrorRoot, traefikArchive));
  return {
    url: `http://${services.mirror.name}/${traefikArchive}`,
    sha256: createHash("sha256").update(archive).digest("hex"),
  };
}

interface AcmeServer {
  daemon: string;
  port: number;
  managementPort: number;
}

/** A second CA at another port, like Let's Encrypt's staging server. It is started only by tests. */
const otherAcme: AcmeServer = { daemon: "acme-other", port: 14000, managementPort: 15001 };

export const otherAcmeDirectory = `https://${services.acme.name}:${otherAcme.port}/dir`;

export function startAcme(): Promise<void> {
  return startPebble({ daemon: "acme", port: services.acme.port, managementPort: 15000 });
}

export function startOtherAcme(): Promise<void> {
  return startPebble(otherAcme);
}

export function stopOtherAcme(): Promise<void> {
  return stopDaemon(otherAcme.daemon);
}

/** The ACME test CA of Let's Encrypt's authors; it resolves names and connects to hosts like the real one. */
async function startPebble({ daemon, port, managementPort }: AcmeServer): Promise<void> {
  const { address, name } = services.acme;
  const server = await issueCertificate("acme", [address, name]);
  const config = file(`${daemon}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      pebble: {
        listenAddress: `${address}:${port}`,
        managementListenAddress: `${address}:${managementPort}`,
        certificate: server.certificate,
        privateKey: server.key,
        httpPort: 80,
        tlsPort: 443,
        ocspResponderURL: "",
        externalAccountBindingRequired: false,
      },
    }),
  );
  // Its validation uses the system's resolver, whatever `-dnsserver` says.
  const [command, args] = insideNetwork("inet", [tool("pebble"), "-config", config, "-strict", "false"]);
  await startDaemon({
    name: daemon,
    command,
    args,
    // By default the test CA waits a random time of up to 15 s before each validation, and rejects good nonces.
    env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
    ready: () => rememberAcmeRoot(managementPort),
  });
}

async function rememberAcmeRoot(managementPort: number): Promise<void> {
  const url = `https://${services.acme.name}:${managementPort}/roots/0`;
  const root = await runInNetwork("client", [
    "curl",
    "--fail",
    "-sS",
    "--cacert",
    authority.certificate,
    url,
  ]);
  const known = existsSync(acmeRoots) ? readFileSync(acmeRoots, "utf8") : "";
  if (!known.includes(root)) writeFileSync(acmeRoots, `${known}${root}\n`);
}

/** Starts a service of `lab/services/` on its address in the topology. */
async function startService(name: "cloudflare" | "tailscale" | "mirror", args: string[]): Promise<void> {
  const { address, port } = services[name];
  await startDaemon({
    name,
    command: process.execPath,
    args: [join(projectRoot, "lab", "services", name, "main.ts"), "--listen", `${address}:${port}`, ...args],
    netns: netns("inet"),
    ready: () =>
      runInNetwork("client", ["curl", "-sS", "--output", "/dev/null", `http://${address}:${port}/`]),
  });
}
