import { join } from "node:path";
import { paths } from "./paths.ts";
import { services } from "./topology.ts";

/** The lab's one stack. */
export const stackName = "lab";
/** Where its config file and project settings lie. */
export const workDir = join(paths.lab, "stack");
/** Its backend, with states, backups, history and locks. */
export const stateDir = join(paths.lab, "state");
/** The environment of the engine and of programs that talk to it. */
export const engineEnvironment = {
  PULUMI_HOME: paths.pulumiHome,
  // By default a file of metadata lies beside each state and is written in place. An engine killed meanwhile would
  // leave a state that cannot be read. https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
  PULUMI_BACKEND_URL: `file://${stateDir}?metadata=skip`,
  // The state needs no better secret: the lab's keys lie beside it.
  PULUMI_CONFIG_PASSPHRASE: "lab",
  // The lab's copies of the vendors' APIs. The providers read these variables; the config cannot set them.
  CLOUDFLARE_BASE_URL: `http://${services.cloudflare.name}/client/v4`,
  TAILSCALE_BASE_URL: `http://${services.tailscale.name}`,
  // A missing plugin must be an error, since there is no internet to fetch it from.
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  // The program and the stand-in plugins are started again for each operation.
  NODE_COMPILE_CACHE: paths.compiled,
};
