import { putFile } from "../host/files.ts";
import { removeFirewallKeeper, setUpFirewallKeeper } from "../host/firewall/keeper.ts";
import { proxyFiles } from "../host/paths.ts";
import { renderResolvConf } from "./resolvConf.ts";

/** Shell text: what all proxies need is there. */
export function setUpProxyTools(clusterDns: string): string {
  return [
    "need socat=socat nft=nftables",
    // First, so that it is restarted for a change of its own alone.
    setUpFirewallKeeper(),
    putFile(proxyFiles.resolvConf, "0644", renderResolvConf(clusterDns)),
  ].join("\n");
}

/** Shell text: it is gone. Packages stay. */
export function removeProxyTools(): string {
  return [
    removeFirewallKeeper(),
    `rm -f ${proxyFiles.resolvConf}`,
    `rmdir ${proxyFiles.directory} 2>/dev/null || true`,
  ].join("\n");
}
