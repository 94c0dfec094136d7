import { putFile } from "../host/files.ts";
import { removeFirewallKeeper, setUpFirewallKeeper } from "../host/firewall/keeper.ts";
import { hostDirectory } from "../names.ts";
import { resolvConfFile } from "./resolvConf.ts";
import { renderResolvConf } from "./resolvConf.ts";

/** Shell text that installs what all proxies need. */
export function setUpProxyTools(clusterDns: string): string {
  return [
    "need socat=socat nft=nftables",
    // First, so that its restart depends on its own changes alone.
    setUpFirewallKeeper(),
    putFile(resolvConfFile, "0644", renderResolvConf(clusterDns)),
  ].join("\n");
}

/** Shell text that removes it. Packages stay. */
export function removeProxyTools(): string {
  return [
    removeFirewallKeeper(),
    `rm -f ${resolvConfFile}`,
    `rmdir ${hostDirectory} 2>/dev/null || true`,
  ].join("\n");
}
