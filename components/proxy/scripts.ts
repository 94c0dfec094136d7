import { putFile, removeFiles, setEnvLine, ufwOnly, unsetEnvLine } from "../host/files.ts";
import { publishToEdges, withdrawFromEdges } from "../controlPlane/edgesTable.ts";
import { envName, renderEnvLine } from "../host/envFile.ts";
import { firewallTable, renderProxyFirewall } from "./firewall.ts";
import { shellCommand } from "../host/quote.ts";
import { portHolder } from "../host/portHolder.ts";
import { firewallRuleComment, hostDirectory, proxyFirewallFile, proxySuffix, proxyUnits } from "../names.ts";
import { probeProxy } from "./probe.ts";
import type { ProxySetup } from "./setup.ts";
import { renderSocatUnit, renderSocketUnit } from "./socatUnit.ts";
import { putUnit, removeUnits, unitPath } from "../host/systemdUnit.ts";
import { proxyRules } from "../host/firewall/ufw.ts";

/** Names of a proxy's parts on the control plane. */
function namesOf(app: string, user: string) {
  return {
    units: proxyUnits(app),
    firewallFile: proxyFirewallFile(app, "nft"),
    ufwComment: firewallRuleComment(app),
    ports: { file: { user, name: "proxy-ports.env" }, key: `${envName(app)}_PROXY_PORT` },
    urls: { file: { user, name: "proxy-urls.env" }, key: `${envName(app)}_URL` },
  };
}

/**
 * Shell text that runs the proxy, opens the firewall for its clients only, and writes its env lines.
 *
 * It fails if the unit does not start, since that is our fault. A backend that does not answer only causes a warning: a
 * pod may need time, and the proxy resolves its Service at each connection.
 */
export function setUpProxy(setup: ProxySetup): string {
  const { app, address, port, service, user } = setup;
  const names = namesOf(app, user);
  const backendHost = `${service.name}.${service.namespace}.svc.${setup.clusterDomain}`;
  const socket = renderSocketUnit({
    app,
    listenAddress: address,
    listenPort: port,
    clients: [...new Set([...setup.allow, address])],
    firewallFile: names.firewallFile,
    firewallTable: firewallTable(app),
  });
  const unit = renderSocatUnit({
    app,
    backendHost,
    backendPort: service.port,
    backends: [...new Set([setup.clusterDns, ...setup.clusterCidrs, ...setup.nodeAddresses])],
  });
  return [
    takePort(setup, app),
    putUnit(names.units.service, unit),
    "unit_changed=$changed",
    putFile(names.firewallFile, "0644", renderProxyFirewall(setup)),
    putUnit(names.units.socket, socket),
    publishToEdges(setup),
    ufwOnly(names.ufwComment, proxyRules(address, port, setup.allow)),
    // The socket stays open with a new address filter: systemd 257 applies that once a related unit starts.
    "systemctl daemon-reload",
    "systemd-run --quiet --wait --collect true",
    `systemctl enable --quiet ${names.units.socket} ${names.units.service}`,
    openPort(setup, names),
    setEnvLine(names.ports.file, names.ports.key, renderEnvLine(names.ports.key, String(port))),
    setEnvLine(names.urls.file, names.urls.key, renderEnvLine(names.urls.key, setup.publicUrl)),
    probeProxy(setup, backendHost),
  ].join("\n");
}

/**
 * systemd holds the port by socket activation, and a service of the present form accepts its connections.
 *
 * Only another port reopens a socket: while it is closed, any user of the host could take the port. The unit's other
 * settings apply without that, or at the next boot. Only the service's main process is stopped, so open connections
 * stay. That also frees a port that a service of an older release holds itself.
 *
 * Whether all units started is checked afterwards, where a failure can quote the units' own messages.
 */
function openPort({ address, port }: ProxySetup, names: ReturnType<typeof namesOf>): string {
  return `
${portHolder}
held() { held_by_systemd ${address}:${port}; }
free() { [ -z "$(inode_of ${address}:${port})" ]; }
if [ "$changed" = 1 ] && held; then nft -f ${names.firewallFile}; fi
if [ "$unit_changed" = 1 ] || ! held; then
  systemctl kill --kill-whom=main ${names.units.service} 2>/dev/null || true
fi
if ! held; then
  within 5 free || true
  systemctl restart ${names.units.socket} || true
fi
systemctl start ${names.units.socket} ${names.units.service} || true
# This restart was intended: only failures count.
systemctl reset-failed ${names.units.service} 2>/dev/null || true`.trim();
}

/**
 * A port has one owner in the config. Another of our units that still holds it is about to move or be removed, so it is
 * stopped. Its own script starts it at its new port, or removes it. Its firewall rules are removed too, since UFW keeps
 * equal rules only once.
 */
function takePort({ address, port }: ProxySetup, app: string): string {
  // A service of an older release listens itself.
  const listens = [`ListenStream=${address}:${port}`, `TCP4-LISTEN:${port},bind=${address},`];
  const proxies = proxyUnits("*");
  return `
for other in ${unitPath(proxies.socket)} ${unitPath(proxies.service)}; do
  other=\${other##*/}
  if [ "\${other%.*}" != ${app}${proxySuffix} ] &&
    ${shellCommand("grep", "-qsF", ...listens.flatMap((one) => ["-e", one]))} "${unitPath("$other")}" &&
    [ -z "$(foreign_unit "$other")" ]; then
    systemctl stop "$other" "\${other%.*}.service"
    ufw_only "${firewallRuleComment(`\${other%${proxySuffix}.*}`)}"
  fi
done`.trim();
}

/** Shell text that removes the proxy. */
export function removeProxy(app: string, user: string): string {
  const names = namesOf(app, user);
  return [
    removeUnits(names.units.socket, names.units.service),
    `nft delete table ${firewallTable(app)} 2>/dev/null || true`,
    removeFiles(names.firewallFile),
    withdrawFromEdges(app),
    `if command -v ufw >/dev/null; then ${ufwOnly(names.ufwComment)}; fi`,
    unsetEnvLine(names.ports.file, names.ports.key),
    unsetEnvLine(names.urls.file, names.urls.key),
    `rmdir ${hostDirectory} 2>/dev/null || true`,
  ].join("\n");
}
