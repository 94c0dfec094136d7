import { runPlugin } from "../framework/server.ts";
import { pluginVersion } from "../framework/version.ts";
import { tailscaleProvider } from "./provider.ts";

await runPlugin(tailscaleProvider(pluginVersion()));
