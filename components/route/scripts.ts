import { putFile, removeFiles } from "../host/files.ts";
import { shellCommand, shellQuote } from "../host/quote.ts";
import { routeFile } from "../names.ts";
import { proveProxy } from "./proof.ts";
import type { ProvenProxy } from "./proof.ts";
import { validateRoute } from "./validateRoute.ts";
import { renderTraefikRoute } from "./routeFile.ts";
import type { TraefikRoute } from "./routeFile.ts";
import type { AcmeChallenge } from "../edge/traefik/static.ts";
import { traefikPaths } from "../edge/traefik/unit.ts";

/** A route as it is asked for; where the file of its users lies is found out on the edge. */
export interface RouteSetup extends Omit<TraefikRoute, "usersFile"> {
  /** Whether one of the users on standard input must have logged in. @default false */
  basicAuth?: boolean;
  /** The proxy that has to answer at `backend`. @default whatever answers there is right */
  proxy?: ProvenProxy;
}

/** How a route's edge comes by certificates. */
export interface RouteCertificates {
  /** How names are proved. */
  challenge: AcmeChallenge;
  /** The file that Traefik keeps them in. */
  store: string;
}

/** Where the users of an app's route lie on an edge. */
function usersDirectory(app: string): string {
  return `${traefikPaths.users}/${app}`;
}

/**
 * Shell text: the route is there, and its certificates too unless the authority refuses. With `basicAuth` the users
 * come on standard input.
 *
 * Traefik asks for a certificate when its configuration changes and, after a failure, not again
 * until the next change. So with `http-01` the file waits for the names to resolve: the records have
 * to exist already. A name or a certificate that is late only warns, since it may be waiting for
 * somebody else (a registrar's delegation, a rate limit).
 */
export function setUpRoute(route: RouteSetup, certificates: RouteCertificates): string {
  const { app, hosts, basicAuth = false, middlewares = {} } = route;
  const ownFile = shellQuote(routeFile(app));
  const takeBack = basicAuth ? `[ -e ${ownFile} ] || ${removeUsers(app)}` : ":";
  return [
    // Reads nothing of standard input, and ends the script with nothing made.
    ...(route.proxy ? [proveProxy(`VpsRoute "${app}"`, route.proxy)] : []),
    ...(basicAuth ? [receiveUsers(app)] : []),
    // Before all that waits, and only where something can be wrong: what is ours is right.
    ...(Object.keys(middlewares).length > 0
      ? [validateRoute(app, routeFile(app), routeText(route), takeBack)]
      : []),
    ...(certificates.challenge === "http-01" ? [awaitNames(app, hosts)] : []),
    ...(basicAuth ? [putRouteWithUsers(route)] : [putRoute(route), removeUsers(app)]),
    // The file lies in Traefik's own directory, where it may put a FIFO in its place.
    `certified() ( run_patience=2; run_as traefik grep -qF "\\"main\\": \\"$1\\"" ${shellQuote(certificates.store)} 2>/dev/null )`,
    ...hosts.map((host) => awaitCertificate(app, host)),
  ].join("\n");
}

/** Shell text: the route is gone. Traefik's certificates for it stay in its store, unused. */
export function removeRoute(app: string): string {
  return `${removeFiles(routeFile(app))}\n${removeUsers(app)}`;
}

/**
 * Shell text: the names resolve on the edge, or a warning says which does not. What its own resolver remembers is
 * forgotten first: a record that was there a minute ago tells nothing of what the authority will find.
 */
export function awaitNames(app: string, hosts: string[]): string {
  const late = (host: string) =>
    `VpsRoute "${app}": ${host} does not resolve on the edge; the certificate will be refused until it does`;
  return [
    "resolves() {",
    "  resolvectl flush-caches >/dev/null 2>&1 || true",
    '  getent ahostsv4 "$1" >/dev/null',
    "}",
    ...hosts.map(
      (host) => `within 45 ${shellCommand("resolves", host)} || ${shellCommand("warn", late(host))}`,
    ),
  ].join("\n");
}

function awaitCertificate(app: string, host: string): string {
  const late = `VpsRoute "${app}": no certificate for ${host} yet; see: journalctl -u traefik | grep -i acme`;
  return `within 30 ${shellCommand("certified", host)} || ${shellCommand("warn", late)}`;
}

function putRoute(route: RouteSetup): string {
  return putFile(routeFile(route.app), "0644", renderTraefikRoute(route));
}

/**
 * Traefik reads the users once, when it takes up a route that names them, and a route that is the same as before is
 * not taken up again. So the file is named by what is in it. Nothing of it is in this text, not even that name.
 */
function receiveUsers(app: string): string {
  return [
    // Read before any other program can take it from the same input.
    "users=$(cat)",
    `users_directory=${shellQuote(usersDirectory(app))}`,
    `users_file=$users_directory/$(printf '%s\\n' "$users" | sha256sum | cut -c 1-32)`,
    'put "$users_file" 0640 "$users"',
    'chgrp traefik "$users_file"',
  ].join("\n");
}

function putRouteWithUsers(route: RouteSetup): string {
  return [
    `put ${shellQuote(routeFile(route.app))} 0644 ${routeText(route)}`,
    'find "$users_directory" -type f ! -name "${users_file##*/}" -delete',
  ].join("\n");
}

/** A word of shell: the file without its last newline. Where it names users, `users_file` is set. */
function routeText(route: RouteSetup): string {
  if (route.basicAuth !== true) return shellQuote(renderTraefikRoute(route).replace(/\n$/, ""));
  const mark = "/mynodeone/users-file";
  const text = renderTraefikRoute({ ...route, usersFile: mark }).replace(/\n$/, "");
  // The first one is ours: the user's middlewares come behind.
  const at = text.indexOf(mark);
  return `${shellQuote(text.slice(0, at))}"$users_file"${shellQuote(text.slice(at + mark.length))}`;
}

function removeUsers(app: string): string {
  return shellCommand("rm", "-rf", usersDirectory(app));
}
