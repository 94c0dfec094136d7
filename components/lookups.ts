import { getZone } from "@pulumi/cloudflare/getZone.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import { getDeviceOutput } from "@pulumi/tailscale/getDevice.js";
import * as pulumi from "@pulumi/pulumi";
import { isIPv4 } from "node:net";

/** The IPv4 address of the device with that host name in the tailnet. */
export function tailnetAddress(device: string): pulumi.Output<string> {
  const found = getDeviceOutput({ hostname: device });
  return found.addresses.apply((addresses) => {
    const address = addresses.find((one) => isIPv4(one));
    if (address === undefined) {
      throw new pulumi.RunError(
        `device "${device}" has no IPv4 address in the tailnet; set tailnetIp by hand`,
      );
    }
    return address;
  });
}

/** The ClusterIP of the cluster's DNS, whatever serves it: k3s and kubeadm both call it kube-dns. */
export function clusterDnsAddress(provider?: Provider): pulumi.Output<string> {
  return Service.get("cluster-dns", "kube-system/kube-dns", { provider }).spec.clusterIP;
}

/** The Cloudflare zone that a domain is in: its own or a parent's. */
export async function zoneOf(domain: string): Promise<string> {
  const labels = domain.split(".");
  const reasons: string[] = [];
  for (let first = 0; first <= labels.length - 2; first++) {
    const name = labels.slice(first).join(".");
    try {
      return (await getZone({ filter: { name } })).zoneId;
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new pulumi.RunError(
    `mynodeone:domain is "${domain}": no Cloudflare zone found for it. Check that the zone exists and that ` +
      `cloudflare:apiToken may read it (Zone: Read), or set mynodeone:zoneId.\n  ${reasons.join("\n  ")}`,
  );
}
