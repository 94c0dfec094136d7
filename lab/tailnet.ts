import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon, stopDaemon } from "./daemon.ts";
import { startTailscaleApi } from "./internet.ts";
import { paths, tool } from "./paths.ts";
import { authority, issueCertificate } from "./pki.ts";
import { patience, poll } from "./poll.ts";
import { insideNetwork, run, runInNetwork, ssh, type HostName } from "./run.ts";
import { hosts, netns, services } from "./topology.ts";

const directory = join(paths.lab, "tailnet");
const file = (name: string) => join(directory, name);
const apiKeyFile = file("api-key");
const controlUrl = `https://${services.headscale.address}`;
const user = "lab";

/** The domain of the devices' names, which Tailscale's resolver (100.100.100.100) answers. */
export const tailnetDomain = "tail.lab.test";

/** Starts the control server with its relay, and Tailscale's API in front of it. */
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

/**
 * Stops the control server and its relay. Connected devices stay connected; a machine that boots meanwhile gets no
 * tailnet address before `startTailnet`.
 */
export async function stopTailnet(): Promise<void> {
  await stopDaemon("headscale");
}

/** Adds a host to the tailnet under its own name, unless it has joined already. */
export async function joinTailnet(host: HostName): Promise<void> {
  if (hosts[host].kind === "namespace") await startTailscaled(host);
  else await wakeTailscaled(host);
  if ((await statusOf(host)).BackendState !== "Running") await logIn(host);
  await poll(() => tailnetAddresses(host), { what: `${host}'s tailnet address`, timeout: 30_000 });
}

/**
 * Restarts a machine's tailscaled if it has ended or takes the network for down, as the machine's user would.
 *
 * tailscaled reads the state of the network when it starts, and its parts subscribe to changes a moment later
 * (`NewLocalBackend` and `NewUserspaceEngine` of 1.98). A part misses a change in between. With static addresses no other
 * change follows, so it would stay offline. Its health reports some of these cases only; its log tells all.
 */
export async function wakeTailscaled(host: HostName): Promise<void> {
  const settled = async () => {
    const { BackendState: state } = await statusOf(host);
    if (!["NeedsLogin", "Running", "Stopped"].includes(state)) throw new Error(state);
  };
  // A device whose control server is down does not settle.
  const wait = { what: `tailscaled on ${host} to settle`, timeout: 8_000, interval: 500 };
  await poll(settled, wait).catch(() => undefined);
  const hasEnded = await statusOf(host).then(
    () => false,
    () => true,
  );
  if (hasEnded || (await missedTheNetwork(host))) await ssh(host, "sudo systemctl restart tailscaled");
}

async function missedTheNetwork(host: HostName): Promise<boolean> {
  // Of the running process only: an earlier one may have been restarted for this.
  const start = "$(systemctl show --property InvocationID --value tailscaled)";
  const log = await ssh(host, `sudo journalctl --output cat --no-pager _SYSTEMD_INVOCATION_ID=${start}`);
  const last = (pattern: RegExp) => [...log.matchAll(pattern)].at(-1)?.[1];
  return (
    last(/magicsock: SetNetworkUp\((\w+)\)/g) === "false" || last(/control: setPaused\((\w+)\)/g) === "true"
  );
}

/** Removes a host from the tailnet, which frees its name and its address. */
export async function forgetDevice(host: HostName): Promise<void> {
  const nodes = JSON.parse(await headscale(["nodes", "list", "--output", "json"])) as
    { id: number; name: string }[] | null;
  for (const { id } of (nodes ?? []).filter(({ name }) => name === host))
    await headscale(["nodes", "delete", "--identifier", String(id), "--force"]);
}

/**
 * Makes a host the tailnet's subnet router for these networks, as its user and the tailnet's administrator would. An
 * empty list removes its routes.
 */
export async function advertiseRoutes(host: HostName, networks: readonly string[]): Promise<void> {
  const routes = networks.join(",");
  await tailscale(host, ["set", `--advertise-routes=${routes}`]);
  const { ipv4 } = await tailnetAddresses(host);
  const nodes = JSON.parse(await headscale(["nodes", "list", "--output", "json"])) as {
    id: number;
    ip_addresses: string[];
  }[];
  const id = nodes.find(({ ip_addresses }) => ip_addresses.includes(ipv4))?.id;
  await headscale(["nodes", "approve-routes", "--identifier", String(id), "--routes", routes]);
}

/** Sets whether a host accepts other devices' subnet routes. */
export async function acceptRoutes(host: HostName, accept: boolean): Promise<void> {
  await tailscale(host, ["set", `--accept-routes=${accept}`]);
}

/** Changes the host name that a host reports, and waits until the tailnet shows it. */
export async function setHostName(host: HostName, name: string): Promise<void> {
  await tailscale(host, ["set", `--hostname=${name}`]);
  const { ipv4 } = await tailnetAddresses(host);
  await poll(
    async () => {
      const nodes = JSON.parse(await headscale(["nodes", "list", "--output", "json"])) as {
        name: string;
        ip_addresses: string[];
      }[];
      const listed = nodes.find(({ ip_addresses }) => ip_addresses.includes(ipv4))?.name;
      if (listed !== name) throw new Error(`it is listed as ${String(listed)}`);
    },
    { what: `${host} to be listed as ${name}`, timeout: 30_000 },
  );
}

/** A host's addresses in the tailnet. */
export async function tailnetAddresses(host: HostName): Promise<{ ipv4: string; ipv6: string }> {
  const [ipv4, ipv6] = (await tailscale(host, ["ip"])).trim().split("\n");
  if (!ipv4 || !ipv6) throw new Error(`${host} has no address in the tailnet`);
  return { ipv4, ipv6 };
}

/** Starts tailscaled for a host that boots no system. It changes nothing outside of its namespace. */
async function startTailscaled(host: HostName): Promise<void> {
  mkdirSync(file(host), { recursive: true });
  const [command, args] = insideNetwork(host, [
    ...[tool("tailscaled"), "--no-logs-no-support", "--port=41641", `--socket=${socketOf(host)}`],
    ...[`--statedir=${file(host)}`, `--state=${join(file(host), "tailscaled.state")}`],
  ]);
  await startDaemon({
    name: `tailscaled-${host}`,
    command,
    args,
    env: { SSL_CERT_FILE: authority.certificate },
    ready: () => tailscale(host, ["status", "--json", "--peers=false"]),
  });
}

const socketOf = (host: HostName) => join(file(host), "tailscaled.sock");

async function tailscale(host: HostName, args: readonly string[]): Promise<string> {
  if (hosts[host].kind === "machine") return ssh(host, `sudo tailscale ${args.join(" ")}`);
  return run(tool("tailscale"), [`--socket=${socketOf(host)}`, ...args]);
}

/** The part of a host's `tailscale status` that matters here. Throws if tailscaled does not run. */
async function statusOf(host: HostName): Promise<{ BackendState: string }> {
  const text = await tailscale(host, ["status", "--json", "--peers=false"]);
  return JSON.parse(text) as { BackendState: string };
}

/** The auth key is passed in a file, so that no process list shows it. */
async function logIn(host: HostName): Promise<void> {
  const key = (await headscale(["preauthkeys", "create", "--user", "1", "--expiration", "1h"])).trim();
  const up = (keyFile: string) => [
    ...["up", `--login-server=${controlUrl}`, `--auth-key=file:${keyFile}`, `--hostname=${host}`],
    `--timeout=${Math.ceil(60 * patience())}s`,
  ];
  if (hosts[host].kind === "machine") {
    const script = `umask 077; cat >/run/auth-key; tailscale ${up("/run/auth-key").join(" ")}; status=$?; rm /run/auth-key; exit $status`;
    await ssh(host, `sudo sh -c '${script}'`, { input: key });
    return;
  }
  const keyFile = join(file(host), "auth-key");
  writeFileSync(keyFile, key, { mode: 0o600 });
  // It shares the machine's files: tailscaled would write its names into the whole lab's resolv.conf.
  await tailscale(host, [...up(keyFile), "--accept-dns=false"]);
  rmSync(keyFile);
}

/** Waits until data passes between two machines over the tailnet, relayed or direct. */
export async function awaitTailnetPath(from: HostName, to: HostName): Promise<void> {
  const address = (await tailnetAddresses(to)).ipv4;
  await poll(() => ssh(from, `sudo ping -c 1 -W 1 ${address}`), {
    what: `a tailnet path from ${from} to ${to}`,
    // On a busy machine the two may miss each other's first handshake, and try again a minute later.
    timeout: 180_000,
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
    // As in a new tailnet: the devices' names, while the host's name servers answer for all other names.
    dns: {
      magic_dns: true,
      override_local_dns: false,
      base_domain: tailnetDomain,
      nameservers: { global: [] },
    },
    unix_socket: file("headscale.sock"),
    unix_socket_permission: "0700",
    log: { level: "info", format: "text" },
    logtail: { enabled: false },
  };
}
