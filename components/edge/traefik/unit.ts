import { routeDirectory } from "../../names.ts";
import { generatedHeader } from "../../host/signature.ts";
import { sandbox } from "../../host/sandbox.ts";
import { deniedNetworks } from "./networks.ts";
import { renderUnit } from "../../host/systemdUnit.ts";
import type { UnitSection } from "../../host/systemdUnit.ts";

/** Where Traefik's files lie on an edge. */
export const traefikPaths = {
  binary: "/usr/local/bin/traefik",
  config: "/etc/traefik/traefik.yaml",
  routes: routeDirectory,
  /** One directory an app whose route asks for a password; readable by root and Traefik alone. */
  users: "/etc/traefik/users",
  caCertificate: "/etc/traefik/acme-ca.pem",
  /** Environment with the DNS provider's token; only root reads it, and hands it on. */
  environment: "/etc/traefik/traefik.env",
  state: "/var/lib/traefik",
} as const;

/**
 * What Traefik's process may do, wherever it runs. It starts no other program, and is linked with no library that would
 * have to be found.
 */
export const traefikSandbox: UnitSection = {
  User: "traefik",
  Group: "traefik",
  ...sandbox,
  // Go takes its listen backlog from /proc/sys, and 128 where that is hidden.
  ProcSubset: "all",
  RestrictAddressFamilies: "AF_INET AF_INET6",
  NoExecPaths: "/",
  ExecPaths: traefikPaths.binary,
  TasksMax: 512,
};

/** What differs from edge to edge in the unit. */
export interface TraefikUnit {
  /** Percent of the machine's memory. */
  memoryPercent: number;
  /** Addresses and networks within {@link deniedNetworks} that it may reach, in systemd's words. */
  allowedNetworks: string;
  /** `ipv6:tcp:0` where systemd enforces which ports are bound; else nothing, since it may not know port 0. */
  bindProbe: string;
}

/**
 * The unit of Traefik: an own user whose only privilege is to bind ports 80 and 443. A systemd without BPF, as Debian
 * 12's, does not enforce which ports.
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
      // Go listens on IPv4 alone if it fails to bind any free port on IPv6 when it starts. An empty line allows nothing.
      SocketBindAllow: [bindProbe, "tcp:80", "tcp:443"],
      IPAddressDeny: deniedNetworks.join(" "),
      IPAddressAllow: allowedNetworks,
      MemoryMax: `${memoryPercent}%`,
      ...traefikSandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
