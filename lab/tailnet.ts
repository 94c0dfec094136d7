import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { startTailscaleApi } from "./internet.ts";
import { paths, tool } from "./paths.ts";
import { authority, issueCertificate } from "./pki.ts";
import { poll } from "./poll.ts";
import { run, runInNetwork, ssh, type HostName } from "./run.ts";
import { netns, services } from "./topology.ts";

const directory = join(paths.lab, "tailnet");
const file = (name: string) => join(directory, name);
const apiKeyFile = file("api-key");
const controlUrl = `https://${services.headscale.address}`;
const user = "lab";

/** The control server with its relay, and Tailscale's API in front of it. */
export async function startTailnet(): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const server = await issueCertificate("control", [services.headscale.address, services.headscale.name]);
  writeFileSync(
    file("config.yaml"),
    JSON.stringify(headscaleConfig(server.certificate, server.key), null, 2),
  );
  await startDaemon({
    name: "headscale",
    command: tool("headscale"),
    args: ["--config", file("config.yaml"), "serve"],
    netns: netns("inet"),
    ready: () =>
      runInNetwork("client", [
        "curl",
        "--fail",
        "-sS",
        "--cacert",
        authority.certificate,
        `${controlUrl}/health`,
      ]),
  });
  if (!existsSync(apiKeyFile)) {
    const users = JSON.parse(await headscale(["users", "list", "--output", "json"])) as
      { name: string }[] | null;
    if (!users?.some(({ name }) => name === user)) await headscale(["users", "create", user]);
    const key = await headscale(["apikeys", "create", "--expiration", "365d"]);
    writeFileSync(apiKeyFile, key.trim(), { mode: 0o600 });
  }
  await startTailscaleApi(apiKeyFile);
}

/** Lets a machine into the tailnet under its own name, unless it is in. */
export async function joinTailnet(host: HostName): Promise<void> {
  const state = await ssh(host, "sudo tailscale status --json --peers=false | grep BackendState || true");
  if (!state.includes("Running")) {
    const key = await headscale(["preauthkeys", "create", "--user", "1", "--expiration", "1h"]);
    // By stdin, so that the key is in no process list.
    const join = `sudo sh -c 'umask 077; cat >/run/auth-key; tailscale up --login-server=${controlUrl} --auth-key=file:/run/auth-key --hostname=${host} --accept-dns=false --timeout=60s; status=$?; rm /run/auth-key; exit $status'`;
    await ssh(host, join, { input: key.trim() });
  }
  await poll(() => ssh(host, "tailscale ip -4"), { what: `${host}'s tailnet address`, timeout: 30_000 });
}

/** Waits until data flows between two machines over the tailnet, relayed or direct. */
export async function awaitTailnetPath(from: HostName, to: HostName): Promise<void> {
  const address = (await ssh(to, "tailscale ip -4")).trim();
  await poll(() => ssh(from, `ping -c 1 -W 1 ${address}`), {
    what: `a tailnet path from ${from} to ${to}`,
    timeout: 60_000,
  });
}

async function headscale(args: string[]): Promise<string> {
  return run(tool("headscale"), ["--config", file("config.yaml"), ...args]);
}

function headscaleConfig(certificate: string, key: string) {
  const { address, port } = services.headscale;
  return {
    server_url: controlUrl,
    listen_addr: `${address}:${port}`,
    metrics_listen_addr: "",
    grpc_listen_addr: "127.0.0.1:50443",
    tls_cert_path: certificate,
    tls_key_path: key,
    noise: { private_key_path: file("noise.key") },
    prefixes: { v4: "100.64.0.0/10", v6: "fd7a:115c:a1e0::/48", allocation: "sequential" },
    derp: {
      server: {
        enabled: true,
        region_id: 999,
        region_code: "lab",
        region_name: "Lab",
        stun_listen_addr: `${address}:3478`,
        private_key_path: file("derp.key"),
        automatically_add_embedded_derp_region: true,
        ipv4: address,
      },
      urls: [],
      paths: [],
      auto_update_enabled: false,
    },
    disable_check_updates: true,
    database: { type: "sqlite", sqlite: { path: file("headscale.db"), write_ahead_log: true } },
    policy: { mode: "database" },
    dns: {
      magic_dns: false,
      override_local_dns: false,
      base_domain: "tail.lab.test",
      nameservers: { global: [] },
    },
    unix_socket: file("headscale.sock"),
    unix_socket_permission: "0700",
    log: { level: "info", format: "text" },
    logtail: { enabled: false },
  };
}
