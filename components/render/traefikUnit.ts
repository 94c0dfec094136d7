import { generatedHeader } from "../remote/signature.ts";
import { sandbox } from "./sandbox.ts";
import { renderUnit } from "./systemdUnit.ts";
import type { UnitSection } from "./systemdUnit.ts";

/** Where Traefik's files lie on an edge. */
export const traefikPaths = {
  binary: "/usr/local/bin/traefik",
  config: "/etc/traefik/traefik.yaml",
  routes: "/etc/traefik/dynamic",
  /** One directory an app whose route asks for a password; readable by root and Traefik alone. */
  users: "/etc/traefik/users",
  caCertificate: "/etc/traefik/acme-ca.pem",
  /** Environment with the DNS provider's token; only root reads it, and hands it on. */
  environment: "/etc/traefik/traefik.env",
  state: "/var/lib/traefik",
} as const;

/** What Traefik's process may do, wherever it runs. */
export const traefikSandbox: UnitSection = {
  User: "traefik",
  Group: "traefik",
  ...sandbox,
  // Go takes its listen backlog from /proc/sys, and 128 where that is hidden.
  ProcSubset: "all",
};

/** The unit of Traefik: an own user whose only privilege is to bind ports below 1024. */
export function renderTraefikUnit(): string {
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
      // AF_UNIX for name services, AF_NETLINK for Go's list of interfaces.
      RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX AF_NETLINK",
      ...traefikSandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
