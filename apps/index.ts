import type { AppDefinition } from "./definition.ts";
import { immich } from "./immich.ts";
import { vaultwarden } from "./vaultwarden.ts";

export type { AppContext, AppDefinition, ChosenApp } from "./definition.ts";

/** The apps that need no more than a line of config, by the name that the user writes. */
export const catalogue: Readonly<Record<string, AppDefinition>> = { immich, vaultwarden };
