import { audiobookshelf } from "./audiobookshelf.ts";
import type { Catalogue } from "./definition.ts";
import { gitea } from "./gitea.ts";
import { homepage } from "./homepage.ts";
import { immich } from "./immich.ts";
import { jellyfin } from "./jellyfin.ts";
import { paperless } from "./paperless.ts";
import { uptimeKuma } from "./uptimeKuma.ts";
import { vaultwarden } from "./vaultwarden.ts";

export type { AppContext, AppDefinition, Catalogue, ChosenApp } from "./definition.ts";

/** The apps that need only a line of config, by the name that the user writes. */
export const catalogue: Catalogue = {
  immich,
  jellyfin,
  vaultwarden,
  homepage,
  gitea,
  paperless,
  audiobookshelf,
  "uptime-kuma": uptimeKuma,
};
