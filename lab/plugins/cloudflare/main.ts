import { runPlugin } from "../framework/server.ts";
import { pluginVersion } from "../framework/version.ts";
import { cloudflareProvider } from "./provider.ts";

await runPlugin(cloudflareProvider(pluginVersion()));
