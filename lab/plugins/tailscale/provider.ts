import type { Provider } from "../framework/provider.ts";
import { tailscaleApi, type TailscaleApi } from "./api.ts";
import { getDevices } from "./getDevices.ts";

/** Stands in for https://github.com/pulumi/pulumi-tailscale, of which it knows devices. */
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
    functions: { "tailscale:index/getDevices:getDevices": getDevices(api) },
  };
}
