import { putFile, removeFiles } from "../../host/files.ts";
import { acmeStore, takeUpAcmeStore } from "../acmeStore.ts";
import { commonFile, renderCommonFile } from "./common.ts";
import { shellCommand, shellTemplate } from "../../host/quote.ts";
import { edgeLimits } from "../limits.ts";
import type { EdgeLimits } from "../limits.ts";
import { removeFirewallKeeper, setUpFirewallKeeper } from "../../host/firewall/keeper.ts";
import { removeUnits, unitPath } from "../../host/systemdUnit.ts";
import { hostDirectory, traefikUnit } from "../../names.ts";
import { removeTraefikFirewall, setUpTraefikFirewall } from "./firewall.ts";
import { readAllowedNetworks } from "./networks.ts";
import { installTraefik, uninstallTraefik } from "./install.ts";
import type { TraefikRelease } from "./install.ts";
import { retryFiles, retryUnits, setUpRetry } from "./retry.ts";
import { claimTraefik, disownTraefik, foreignTraefik } from "./owner.ts";
import { renderTraefikStatic } from "./static.ts";
import type { AcmeChallenge } from "./static.ts";
import { renderTraefikUnit, traefikPaths } from "./unit.ts";

/** Inputs of one edge's Traefik. */
export interface TraefikSetup {
  email: string;
  server?: string;
  caCertificate?: string;
  challenge: AcmeChallenge;
  release?: TraefikRelease;
  trustedProxies?: string[];
  limits?: EdgeLimits;
  /** IPv4 addresses, in the tailnet, of routes' backends. @default the whole tailnet */
  upstreams?: string[];
}

/**
 * Shell text that runs Traefik with this setup. With `dns-01`, standard input has the line with the DNS provider's
 * token. Traefik restarts only if its program, unit or static configuration changed. A change of the firewall table
 * alone cuts no connection.
 */
export function setUpTraefik(setup: TraefikSetup): string {
  const { caCertificate } = setup;
  const config = renderTraefikStatic({ ...setup, ownCa: caCertificate !== undefined });
  return [
    // Read first, before another program consumes the same input.
    setup.challenge === "dns-01" ? "secret=$(cat)" : "",
    claimTraefik(),
    "need nft=nftables",
    installTraefik(setup.release),
    `mkdir -p ${traefikPaths.routes}`,
    caCertificate === undefined
      ? removeFiles(traefikPaths.caCertificate)
      : putFile(traefikPaths.caCertificate, "0644", caCertificate),
    setup.challenge === "dns-01"
      ? `put ${traefikPaths.environment} 0600 "$secret"`
      : removeFiles(traefikPaths.environment),
    putFile(commonFile, "0644", renderCommonFile()),
    putFile(traefikPaths.config, "0644", config),
    putTraefikUnit(setup),
    setUpHelpers(setup),
    takeUpAcmeStore(setup.server),
    "systemctl enable --quiet traefik",
    'if [ "$changed" = 1 ]; then systemctl restart traefik; else systemctl start traefik; fi',
    // Traefik exits within a second or two on a configuration that it cannot use.
    "sleep 2",
    "systemctl is-active --quiet traefik || {",
    "  journalctl --no-pager -n 20 -u traefik >&2",
    '  fail "EdgeNode: Traefik does not stay up; see the lines above"',
    "}",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/**
 * Shell text that writes the unit, with what only the machine knows: its resolvers' networks and systemd's features.
 */
function putTraefikUnit({ limits, upstreams, server, caCertificate }: TraefikSetup): string {
  const { memoryPercent } = edgeLimits(limits);
  const text = renderTraefikUnit({ memoryPercent, allowedNetworks: "<NETWORKS>", bindProbe: "<PROBE>" });
  const authority =
    caCertificate !== undefined && server !== undefined ? new URL(server).hostname : undefined;
  return [
    readAllowedNetworks({ upstreams, authority }),
    "case $(systemctl --version) in *+BPF_FRAMEWORK*) probe=ipv6:tcp:0 ;; *) probe= ;; esac",
    shellCommand("own_unit", traefikUnit),
    `put ${unitPath(traefikUnit)} 0644 ${shellTemplate(text.replace(/\n$/, ""), { "<NETWORKS>": "$networks", "<PROBE>": "$probe" })}`,
  ].join("\n");
}

/** Shell text that sets up Traefik's helpers. `changed` is unaffected, since none of this is Traefik's own. */
function setUpHelpers({ server, limits, trustedProxies }: TraefikSetup): string {
  const { connections } = edgeLimits(limits);
  return [
    "traefik_changed=$changed",
    "changed=0",
    setUpFirewallKeeper(),
    setUpTraefikFirewall({ connections, trustedProxies }),
    setUpRetry(acmeStore(server)),
    "changed=$traefik_changed",
  ].join("\n");
}

/** Shell text that removes our Traefik, including its certificates and keys. A foreign one stays. */
export function removeTraefik(): string {
  const { config, caCertificate, environment } = traefikPaths;
  const files = [config, caCertificate, environment, commonFile, ...retryFiles];
  return [
    foreignTraefik,
    "if traefik_ours; then",
    removeTraefikFirewall(),
    removeFirewallKeeper(),
    removeUnits(traefikUnit, ...retryUnits),
    uninstallTraefik(),
    disownTraefik(files),
    "fi",
    `rmdir ${hostDirectory} 2>/dev/null || true`,
  ].join("\n");
}
