import { runPlugin } from "../framework/server.ts";
import { pluginVersion } from "../framework/version.ts";
import { commandProvider } from "./provider.ts";

await runPlugin(commandProvider(pluginVersion()));
