import { proxyUnits } from "../names.ts";
import { generatedHeader } from "../host/signature.ts";
import { resolvConfFile } from "../controlPlane/resolvConf.ts";
import { proxyLimits } from "./limits.ts";
import { executeOnly, sandbox } from "../host/sandbox.ts";
import { execArgument, renderUnit } from "../host/systemdUnit.ts";

/** Inputs of one proxy's socket. */
export interface SocketUnit {
  /** The app it belongs to. */
  app: string;
  /** IPv4 address to listen on: the control plane's in the tailnet. */
  listenAddress: string;
  /** TCP port to listen on. */
  listenPort: number;
  /** IPv4 addresses and networks that may connect, including the host's own. */
  clients: string[];
  /** File of the firewall table that exists while the port is open. */
  firewallFile: string;
  /** `family name` of that table. */
  firewallTable: string;
}

/** Inputs of one proxy's service. */
export interface SocatUnit {
  /** The app it belongs to. */
  app: string;
  /** Name of the Service in the cluster's DNS. */
  backendHost: string;
  /** Port of the Service. */
  backendPort: number;
  /** IPv4 addresses and networks that it may connect to. */
  backends: string[];
}

/** Keepalive time of socat and systemd, in seconds. */
const idle = 60;
const interval = 15;
const probes = 4;

/**
 * The port of one proxy. systemd holds it from before users can log in until it is removed. So no other program of the
 * host can bind it, even while the service restarts or after it was killed.
 *
 * - `FreeBind` lets it listen before the tailnet is up, as after a reboot.
 * - Connections that it accepts are in its control group, so `IPAddressAllow` lists only the clients.
 * - The start limit is off, so nobody can close the port by making the service fail.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html
 */
export function renderSocketUnit(unit: SocketUnit): string {
  const nft = "/usr/sbin/nft";
  const loadFirewall = `${nft} -f ${execArgument(unit.firewallFile)}`;
  return renderUnit(generatedHeader, {
    Unit: {
      Description: `${unit.app}: port ${unit.listenPort} in the tailnet`,
      // It flushes all tables at its start.
      After: "nftables.service",
      StartLimitIntervalSec: 0,
    },
    Socket: {
      ExecStartPre: loadFirewall,
      ListenStream: `${unit.listenAddress}:${unit.listenPort}`,
      // The table may have been removed in between, and the keeper restores it only for an open port.
      ExecStartPost: loadFirewall,
      ExecStopPost: `-${nft} delete table ${unit.firewallTable}`,
      FreeBind: true,
      // All connections that the limits allow at once: they arrive faster than socats start.
      Backlog: 512,
      TriggerLimitIntervalSec: 0,
      // A dead peer is detected after 2 minutes, before NAT tables and WireGuard sessions on the path expire.
      KeepAlive: true,
      KeepAliveTimeSec: idle,
      KeepAliveIntervalSec: interval,
      KeepAliveProbes: probes,
      IPAddressDeny: "any",
      IPAddressAllow: unit.clients.join(" "),
    },
    Install: { WantedBy: "sockets.target" },
  });
}

/**
 * The program of one proxy: it accepts connections on the socket of the same name, and starts a socat for each.
 *
 * - It resolves the Service's name for each connection, so a recreated Service with another ClusterIP needs no restart.
 * - Its /etc is empty except for its own resolv.conf. So it asks only the cluster's DNS, whatever the host's
 *   nsswitch.conf says. The file is not mounted over the host's: the kernel drops a mount when another program replaces
 *   the file under it, as DHCP clients and tailscaled do with /etc/resolv.conf.
 * - The name ends in a dot, so no search domain is tried. The host's own name would add one.
 * - Open connections outlive the accepting program (`KillMode`) if it exits or is killed. A stop or restart ends them
 *   too (`ExecStop`).
 * - `IPAddressDeny` acts on the unit's own sockets, whatever the host's firewall accepts.
 *
 * @see http://www.dest-unreach.org/socat/doc/socat.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd-socket-activate.html
 */
export function renderSocatUnit(unit: SocatUnit): string {
  const connect =
    `TCP4:${unit.backendHost}.:${unit.backendPort},connect-timeout=10,` +
    `keepalive,keepidle=${idle},keepintvl=${interval},keepcnt=${probes}`;
  // When it ends, it signals its children, but not their children. So a shell starts socat.
  const accept = ["/usr/bin/systemd-socket-activate", "--accept", "/bin/sh", "-c", '"$@" &', "sh"];
  // -t: after one side has closed, the other has this long to answer.
  const relay = ["/usr/bin/socat", "-t", "30", "FD:3,shut-down", connect];
  // Kills every process of a dynamic user (61184 and above), which systemd gives to a single service.
  const endAll = 'test -z "$MAINPID" || test "$(id -u)" -lt 61184 || kill -- -1';

  return renderUnit(generatedHeader, {
    Unit: {
      Description: `${unit.app}: tailnet to Kubernetes Service`,
      Documentation: "man:systemd-socket-activate(1) man:socat(1)",
      Requires: proxyUnits(unit.app).socket,
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: "exec",
      ExecStart: [...accept, ...relay].map(execArgument).join(" "),
      ExecStop: ["/bin/sh", "-c", endAll].map(execArgument).join(" "),
      KillMode: "process",
      Restart: "always",
      RestartSec: 1,
      // Avoids a journal line for each connection.
      Environment: "SYSTEMD_LOG_LEVEL=warning",
      // Each connection is briefly a shell, then a socat of less than 1 MB.
      TasksMax: proxyLimits.total + 64,
      MemoryMax: "512M",
      TemporaryFileSystem: "/etc:ro",
      BindReadOnlyPaths: `${resolvConfFile}:/etc/resolv.conf`,
      DynamicUser: true,
      PrivateUsers: true,
      CapabilityBoundingSet: "",
      RestrictAddressFamilies: "AF_INET",
      IPAddressDeny: "any",
      IPAddressAllow: unit.backends.join(" "),
      SocketBindDeny: "any",
      ...executeOnly("/usr/bin/systemd-socket-activate", "/bin/sh", "/usr/bin/id", "/usr/bin/socat"),
      ...sandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
