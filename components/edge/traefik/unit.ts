import { routeDirectory, traefikDirectory } from "../../names.ts";
import { generatedHeader } from "../../host/signature.ts";
import { sandbox } from "../../host/sandbox.ts";
import { deniedNetworks } from "./networks.ts";
import { renderUnit } from "../../host/systemdUnit.ts";
import type { UnitSection } from "../../host/systemdUnit.ts";

/** Paths of Traefik's files on an edge. */
export const traefikPaths = {
  binary: "/usr/local/bin/traefik",
  config: `${traefikDirectory}/traefik.yaml`,
  routes: routeDirectory,
  /** A directory per app whose route requires a password; only root and Traefik can read it. */
  users: `${traefikDirectory}/users`,
  caCertificate: `${traefikDirectory}/acme-ca.pem`,
  /** Environment file with the DNS provider's token. Only root can read it, and systemd passes it on. */
  environment: `${traefikDirectory}/traefik.env`,
  state: "/var/lib/traefik",
} as const;

/** The sandbox of Traefik's process, wherever it runs. Traefik starts no other program and is statically linked. */
export const traefikSandbox: UnitSection = {
  User: "traefik",
  Group: "traefik",
  ...sandbox,
  // Go reads its listen backlog from /proc/sys, and uses 128 if that is hidden.
  ProcSubset: "all",
  RestrictAddressFamilies: "AF_INET AF_INET6",
  NoExecPaths: "/",
  ExecPaths: traefikPaths.binary,
  TasksMax: 512,
};

/** What differs between the units of edges. */
export interface TraefikUnit {
  /** Percent of the machine's memory. */
  memoryPercent: number;
  /** Addresses and networks within {@link deniedNetworks} that it may reach, in systemd's syntax. */
  allowedNetworks: string;
  /** `ipv6:tcp:0` if systemd enforces the ports that may be bound; otherwise empty, since it may not support port 0. */
  bindProbe: string;
}

/**
 * Traefik's unit: a dedicated user whose only privilege is to bind ports 80 and 443. A systemd without BPF, as in
 * Debian 12, does not enforce which ports.
 */
export function renderTraefikUnit({ memoryPercent, allowedNetworks, bindProbe }: TraefikUnit): string {
  return renderUnit(generatedHeader, {
    Unit: {
      Description: "Traefik: HTTPS for the apps at home",
      Documentation: "https://doc.traefik.io/traefik/",
      After: "network-online.target",
      Wants: "network-online.target",
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: "exec",
      ExecStart: `${traefikPaths.binary} --configFile=${traefikPaths.config}`,
      EnvironmentFile: `-${traefikPaths.environment}`,
      Restart: "always",
      RestartSec: 1,
      StateDirectory: "traefik",
      StateDirectoryMode: "0700",
      LimitNOFILE: 1048576,
      AmbientCapabilities: "CAP_NET_BIND_SERVICE",
      CapabilityBoundingSet: "CAP_NET_BIND_SERVICE",
      SocketBindDeny: "any",
      // Go listens on IPv4 only if it cannot bind a free port on IPv6 at its start. An empty line allows nothing.
      SocketBindAllow: [bindProbe, "tcp:80", "tcp:443"],
      IPAddressDeny: deniedNetworks.join(" "),
      IPAddressAllow: allowedNetworks,
      MemoryMax: `${memoryPercent}%`,
      ...traefikSandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
