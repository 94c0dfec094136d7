import { putFile, removeFiles } from "../remote/files.ts";
import { shellQuote } from "../remote/quote.ts";
import { renderTraefikRoute } from "./traefikRoute.ts";
import type { TraefikRoute } from "./traefikRoute.ts";
import type { AcmeChallenge } from "./traefikStatic.ts";
import { traefikPaths } from "./traefikUnit.ts";

/** Where an app's route lies on an edge. */
export function routeFile(app: string): string {
  return `${traefikPaths.routes}/${app}.yaml`;
}

/**
 * Shell text: the route is there, and its certificate too unless the authority refuses.
 *
 * Traefik asks for a certificate when its configuration changes and, after a failure, not again
 * until the next change. So with `http-01` the file waits for the name to resolve: the record has
 * to exist already. A name or a certificate that is late only warns, since it may be waiting for
 * somebody else (a registrar's delegation, a rate limit).
 */
export function setUpRoute(route: TraefikRoute, challenge: AcmeChallenge): string {
  const host = shellQuote(route.host);
  const unresolved = `VpsRoute "${route.app}": ${route.host} does not resolve on the edge; the certificate will be refused until it does`;
  const uncertified = `VpsRoute "${route.app}": no certificate for ${route.host} yet; see: journalctl -u traefik | grep -i acme`;
  return [
    ...(challenge === "http-01"
      ? [
          `resolves() { getent ahostsv4 ${host} >/dev/null; }`,
          `within 45 resolves || warn ${shellQuote(unresolved)}`,
        ]
      : []),
    putFile(routeFile(route.app), "0644", renderTraefikRoute(route)),
    `certified() { grep -qF ${shellQuote(`"main": "${route.host}"`)} ${traefikPaths.certificates} 2>/dev/null; }`,
    `within 30 certified || warn ${shellQuote(uncertified)}`,
  ].join("\n");
}

/** Shell text: the route is gone. Traefik's certificate for it stays in its store, unused. */
export function removeRoute(app: string): string {
  return removeFiles(routeFile(app));
}
