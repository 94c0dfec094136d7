import { proxyUnits } from "../names.ts";
import { generatedHeader } from "../host/signature.ts";
import { resolvConfFile } from "../controlPlane/resolvConf.ts";
import { proxyLimits } from "./limits.ts";
import { executeOnly, sandbox } from "../host/sandbox.ts";
import { execArgument, renderUnit } from "../host/systemdUnit.ts";

/** What one proxy's port is. */
export interface SocketUnit {
  /** The app it belongs to. */
  app: string;
  /** IPv4 address to listen on: the control plane's own in the tailnet. */
  listenAddress: string;
  /** TCP port to listen on. */
  listenPort: number;
  /** IPv4 addresses and networks that may connect, the host's own among them. */
  clients: string[];
  /** File with the firewall table that lives as long as the port is open. */
  firewallFile: string;
  /** `family name` of that table. */
  firewallTable: string;
}

/** What one proxy does. */
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

/** socat's and systemd's own keepalive, in seconds. */
const idle = 60;
const interval = 15;
const probes = 4;

/**
 * The port of one proxy. systemd holds it from before users can log in until it is removed, so no other program of the
 * host can bind it: not while the service restarts, and not after it was killed.
 *
 * - `FreeBind` lets it listen before the tailnet has come up, as after a reboot.
 * - Connections that it accepts are in its control group, so `IPAddressAllow` names the clients alone.
 * - Nobody turns the port off by making the service fail: there is no limit to how often it is started.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html
 */
export function renderSocketUnit(unit: SocketUnit): string {
  const nft = "/usr/sbin/nft";
  const loadFirewall = `${nft} -f ${execArgument(unit.firewallFile)}`;
  return renderUnit(generatedHeader, {
    Unit: {
      Description: `${unit.app}: port ${unit.listenPort} in the tailnet`,
      // It removes all tables as it starts.
      After: "nftables.service",
      StartLimitIntervalSec: 0,
    },
    Socket: {
      ExecStartPre: loadFirewall,
      ListenStream: `${unit.listenAddress}:${unit.listenPort}`,
      // The table may have been removed in between, and is put back for an open port alone.
      ExecStartPost: loadFirewall,
      ExecStopPost: `-${nft} delete table ${unit.firewallTable}`,
      FreeBind: true,
      // All that the limits let in at once: it comes faster than socats start.
      Backlog: 512,
      TriggerLimitIntervalSec: 0,
      // A dead peer is noticed after 2 minutes, before NAT tables and WireGuard sessions on the way forget it.
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
 * The program of one proxy: it accepts what arrives at the socket of the same name, and starts a socat for each.
 *
 * - The Service's name is looked up at each connection, so a recreated Service with another
 *   ClusterIP is followed without a restart.
 * - Its /etc is empty but for a resolv.conf of its own, so it asks the cluster's DNS alone, whatever the host's
 *   nsswitch.conf says. The file is not mounted over the host's: the kernel removes a mount from a file that another
 *   program replaces, as DHCP clients and tailscaled do with /etc/resolv.conf.
 * - The name ends in a dot: no search domain is tried, which the host's own name would bring in.
 * - Open connections outlive the program that has accepted them (`KillMode`), if it ends by itself or is killed. A stop
 *   or restart ends them too (`ExecStop`).
 * - `IPAddressDeny` works on the unit's own sockets, whatever the firewall on the host lets in.
 *
 * @see http://www.dest-unreach.org/socat/doc/socat.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd-socket-activate.html
 */
export function renderSocatUnit(unit: SocatUnit): string {
  const connect =
    `TCP4:${unit.backendHost}.:${unit.backendPort},connect-timeout=10,` +
    `keepalive,keepidle=${idle},keepintvl=${interval},keepcnt=${probes}`;
  // Its children get a signal when it ends, but theirs do not: so the shell goes before socat.
  const accept = ["/usr/bin/systemd-socket-activate", "--accept", "/bin/sh", "-c", '"$@" &', "sh"];
  // -t: once one side has sent its end, the other may take that long for its answer.
  const relay = ["/usr/bin/socat", "-t", "30", "FD:3,shut-down", connect];
  // Every process of this user: systemd gives a dynamic one (61184 and above) to one service alone.
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
      // Not a line in the journal for each connection.
      Environment: "SYSTEMD_LOG_LEVEL=warning",
      // Each connection is a shell for a moment, then a socat of less than 1 MB.
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
