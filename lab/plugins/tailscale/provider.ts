import type { Provider } from "../framework/provider.ts";
import { tailscaleApi, type TailscaleApi } from "./api.ts";
import { acl } from "./acl.ts";
import { getAcl } from "./getAcl.ts";
import { getDevices } from "./getDevices.ts";

/** Stands in for https://github.com/pulumi/pulumi-tailscale; it supports devices and the policy file only. */
export function tailscaleProvider(version: string): Provider {
  let configured: TailscaleApi | undefined;
  const api = () => (configured ??= tailscaleApi({}));
  return {
    name: "tailscale",
    version,
    bridged: true,
    configure(args) {
      configured = tailscaleApi(args);
    },
    resources: { "tailscale:index/acl:Acl": acl(api) },
    functions: {
      "tailscale:index/getAcl:getAcl": getAcl(api),
      "tailscale:index/getDevices:getDevices": getDevices(api),
    },
  };
}
