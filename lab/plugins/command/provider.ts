import type { Provider } from "../framework/provider.ts";
import { remoteCommand } from "./remoteCommand.ts";
import { hangUp } from "./run.ts";

/** Stands in for https://github.com/pulumi/pulumi-command; it supports `remote.Command` only. */
export function commandProvider(version: string): Provider {
  return {
    name: "command",
    version,
    resources: { "command:remote:Command": remoteCommand },
    stop: hangUp,
  };
}
