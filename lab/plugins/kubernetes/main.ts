import { runPlugin } from "../framework/server.ts";
import { pluginVersion } from "../framework/version.ts";
import { kubernetesProvider } from "./provider.ts";

await runPlugin(kubernetesProvider(pluginVersion()));
