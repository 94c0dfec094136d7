import { signature } from "../host/signature.ts";
import { hostDirectory } from "../names.ts";

/** The proxies' DNS configuration. */
export const resolvConfFile = `${hostDirectory}/resolv.conf`;

/**
 * A resolver configuration with the cluster's DNS alone. The timeouts are short, because a connection hangs while its
 * Service is looked up.
 *
 * @see https://man7.org/linux/man-pages/man5/resolv.conf.5.html
 */
export function renderResolvConf(clusterDns: string): string {
  return `# ${signature}: how the proxies look up Services.\nnameserver ${clusterDns}\noptions timeout:1 attempts:3\n`;
}
