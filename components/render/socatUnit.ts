import { proxyFiles } from "./proxyFiles.ts";
import { generatedHeader } from "../remote/signature.ts";
import { sandbox } from "./sandbox.ts";
import { execArgument, renderUnit } from "./systemdUnit.ts";

/** What one proxy does. */
export interface SocatUnit {
  /** The app it belongs to. */
  app: string;
  /** IPv4 address to listen on: the control plane's own in the tailnet. */
  listenAddress: string;
  /** TCP port to listen on; 1024 or above, so that no capability is needed. */
  listenPort: number;
  /** Name of the Service in the cluster's DNS. */
  backendHost: string;
  /** Port of the Service. */
  backendPort: number;
  /** IPv4 addresses and networks that packets may come from or go to. */
  allowedAddresses: string[];
  /** File with the firewall table that lives as long as the unit. */
  firewallFile: string;
  /** `family name` of that table. */
  firewallTable: string;
}

/** Bounds what a flood of connections can cost: socat forks once for each. */
const maxConnections = 256;
/** socat's own backlog of 5 loses connections in a burst. */
const backlog = 128;

/**
 * A dead peer is noticed after 2 minutes (60 s idle, then 4 probes 15 s apart), before the NAT
 * tables and WireGuard sessions on the way forget it.
 */
const keepalive = "keepalive,keepidle=60,keepintvl=15,keepcnt=4";

/**
 * The unit of one proxy.
 *
 * - The Service's name is looked up at each connection, so a recreated Service with another
 *   ClusterIP is followed without a restart.
 * - `ip-freebind` lets it listen before the tailnet has come up, as after a reboot.
 * - Its /etc is empty but for a resolv.conf of its own, so it asks the cluster's DNS alone, whatever the host's
 *   nsswitch.conf says. The file is not mounted over the host's: the kernel removes a mount from a file that another
 *   program replaces, as DHCP clients and tailscaled do with /etc/resolv.conf.
 * - The name ends in a dot: no search domain is tried, which the host's own name would bring in.
 * - A reload loads the firewall table again.
 * - `IPAddressDeny` works on the unit's own sockets, whatever the firewall on the host lets in.
 *
 * @see http://www.dest-unreach.org/socat/doc/socat.html
 */
export function renderSocatUnit(unit: SocatUnit): string {
  const listen =
    `TCP4-LISTEN:${unit.listenPort},bind=${unit.listenAddress},ip-freebind,reuseaddr,fork,` +
    `backlog=${backlog},max-children=${maxConnections},${keepalive}`;
  const connect = `TCP4:${unit.backendHost}.:${unit.backendPort},connect-timeout=10,${keepalive}`;
  const nft = "/usr/sbin/nft";
  const loadFirewall = `+${nft} -f ${execArgument(unit.firewallFile)}`;

  return renderUnit(generatedHeader, {
    Unit: {
      Description: `${unit.app}: tailnet to Kubernetes Service`,
      Documentation: "man:socat(1)",
      After: "network-online.target tailscaled.service",
      Wants: "network-online.target",
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: "exec",
      ExecStartPre: loadFirewall,
      // -t: once one side has sent its end, the other may take that long for its answer.
      ExecStart: ["/usr/bin/socat", "-t", "30", listen, connect].map(execArgument).join(" "),
      ExecReload: loadFirewall,
      ExecStopPost: `-+${nft} delete table ${unit.firewallTable}`,
      Restart: "always",
      RestartSec: 1,
      // What socat returns when it is told to stop (128 + SIGTERM): an end, not a failure.
      SuccessExitStatus: 143,
      TasksMax: maxConnections + 8,
      TemporaryFileSystem: "/etc:ro",
      // The directory is for nft, which runs with all of root's rights and yet in this /etc.
      BindReadOnlyPaths: `${proxyFiles.directory} ${proxyFiles.resolvConf}:/etc/resolv.conf`,
      DynamicUser: true,
      PrivateUsers: true,
      CapabilityBoundingSet: "",
      RestrictAddressFamilies: "AF_INET",
      IPAddressDeny: "any",
      IPAddressAllow: unit.allowedAddresses.join(" "),
      ...sandbox,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
