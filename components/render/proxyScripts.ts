import { putFile, removeFiles, setEnvLine, ufwOnly, unsetEnvLine } from "../remote/files.ts";
import { publishToEdges, withdrawFromEdges } from "./edgesTable.ts";
import { envName, renderEnvLine } from "./envFile.ts";
import { firewallTable, renderProxyFirewall } from "./nftables.ts";
import { proxyFiles } from "./proxyFiles.ts";
import { probeProxy } from "./proxyProbe.ts";
import { renderSocatUnit } from "./socatUnit.ts";
import { putUnit, removeUnits } from "./systemdUnit.ts";
import { proxyRules } from "./ufw.ts";

/** What a Service speaks. */
export type Scheme = "http" | "https";

/** What one proxy's script is made from. */
export interface ProxySetup {
  /** The app it belongs to: a DNS label. */
  app: string;
  /** The control plane's tailnet address. */
  address: string;
  /** TCP port to listen on. */
  port: number;
  /** Who may connect. */
  allow: string[];
  /** Where connections go to. */
  service: { namespace: string; name: string; port: number; scheme: Scheme };
  /** The cluster's pod and Service networks. */
  clusterCidrs: string[];
  /** IPv4 addresses of the nodes that its pods listen on; empty where they have addresses of their own. */
  nodeAddresses: string[];
  /** The cluster's DNS domain. */
  clusterDomain: string;
  /** The cluster's DNS. */
  clusterDns: string;
  /** The URL that people use. */
  publicUrl: string;
  /** The user who owns the env files. */
  user: string;
}

/** What a proxy is made of on the control plane. */
function namesOf(app: string, user: string) {
  return {
    unit: `${app}-proxy.service`,
    firewallFile: `${proxyFiles.directory}/${app}-proxy.nft`,
    ufwComment: `mynodeone ${app}`,
    ports: { file: { user, name: "proxy-ports.env" }, key: `${envName(app)}_PROXY_PORT` },
    urls: { file: { user, name: "proxy-urls.env" }, key: `${envName(app)}_URL` },
  };
}

/**
 * Shell text: the proxy runs, is let through for its clients alone, and is written down.
 *
 * It fails where the unit does not come up, which is ours to answer for. A backend that does not
 * answer only warns: a pod may take its time, and the proxy looks it up again at each connection.
 */
export function setUpProxy(setup: ProxySetup): string {
  const { app, address, port, service, user } = setup;
  const names = namesOf(app, user);
  const backendHost = `${service.name}.${service.namespace}.svc.${setup.clusterDomain}`;
  const unit = renderSocatUnit({
    app,
    listenAddress: address,
    listenPort: port,
    backendHost,
    backendPort: service.port,
    allowedAddresses: [
      ...new Set([...setup.allow, address, setup.clusterDns, ...setup.clusterCidrs, ...setup.nodeAddresses]),
    ],
    firewallFile: names.firewallFile,
    firewallTable: firewallTable(app),
  });
  return [
    takePort(setup, names.unit),
    putFile(names.firewallFile, "0644", renderProxyFirewall(setup)),
    putUnit(names.unit, unit),
    publishToEdges(setup),
    ufwOnly(names.ufwComment, proxyRules(address, port, setup.allow)),
    "systemctl daemon-reload",
    `systemctl enable --quiet ${names.unit}`,
    // A restart cuts the app's connections: only for a reason.
    `if [ "$changed" = 1 ]; then verb=restart; else verb=start; fi`,
    // Whether it came up is asked below, where the answer comes with the unit's own words.
    `systemctl "$verb" ${names.unit} || true`,
    setEnvLine(names.ports.file, names.ports.key, renderEnvLine(names.ports.key, String(port))),
    setEnvLine(names.urls.file, names.urls.key, renderEnvLine(names.urls.key, setup.publicUrl)),
    probeProxy(setup, names.unit, backendHost),
  ].join("\n");
}

/**
 * In the config a port has one owner. Another of our units that has it is about to move or to go, and gives way: its
 * own script starts it at its new port, or removes it. Its firewall rules go along, since UFW knows one rule once.
 */
function takePort({ address, port }: ProxySetup, unit: string): string {
  return `
for other in /etc/systemd/system/*-proxy.service; do
  other=\${other##*/}
  if [ "$other" != ${unit} ] &&
    grep -qsF 'TCP4-LISTEN:${port},bind=${address},' "/etc/systemd/system/$other" &&
    [ -z "$(foreign_unit "$other")" ]; then
    systemctl stop "$other"
    ufw_only "mynodeone \${other%-proxy.service}"
  fi
done`.trim();
}

/** Shell text: nothing of the proxy is left. */
export function removeProxy(app: string, user: string): string {
  const names = namesOf(app, user);
  return [
    removeUnits(names.unit),
    `nft delete table ${firewallTable(app)} 2>/dev/null || true`,
    removeFiles(names.firewallFile),
    withdrawFromEdges(app),
    `if command -v ufw >/dev/null; then ${ufwOnly(names.ufwComment)}; fi`,
    unsetEnvLine(names.ports.file, names.ports.key),
    unsetEnvLine(names.urls.file, names.urls.key),
    `rmdir ${proxyFiles.directory} 2>/dev/null || true`,
  ].join("\n");
}
