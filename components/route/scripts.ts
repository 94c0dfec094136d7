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

/** Inputs of a route. The path of its users' file is determined on the edge. */
export interface RouteSetup extends Omit<TraefikRoute, "usersFile"> {
  /** Whether a login by one of the users on standard input is required. @default false */
  basicAuth?: boolean;
  /** The proxy that must answer at `backend`. @default any answer is accepted */
  proxy?: ProvenProxy;
}

/** How a route's edge gets certificates. */
export interface RouteCertificates {
  /** How names are validated. */
  challenge: AcmeChallenge;
  /** The file in which Traefik keeps them. */
  store: string;
}

/** Directory of the users' file of an app's route on an edge. */
function usersDirectory(app: string): string {
  return `${traefikPaths.users}/${app}`;
}

/**
 * Shell text that creates the route, and waits for its certificates unless the authority refuses. With `basicAuth`,
 * standard input has the users.
 *
 * Traefik requests a certificate when its configuration changes and, after a failure, not again until the next change.
 * So with `http-01` the file waits for the names to resolve, and the records must exist already. A late name or
 * certificate only causes a warning, since the cause may be external (a registrar's delegation, a rate limit).
 */
export function setUpRoute(route: RouteSetup, certificates: RouteCertificates): string {
  const { app, hosts, basicAuth = false, middlewares = [] } = route;
  const ownFile = shellQuote(routeFile(app));
  const takeBack = basicAuth ? `[ -e ${ownFile} ] || ${removeUsers(app)}` : ":";
  return [
    // Reads nothing from standard input, and fails before anything is created.
    ...(route.proxy ? [proveProxy(`VpsRoute "${app}"`, route.proxy)] : []),
    ...(basicAuth ? [receiveUsers(app)] : []),
    // Before anything that waits. Skipped without the user's middlewares: our own part is valid.
    ...(middlewares.length > 0 ? [validateRoute(app, routeFile(app), routeText(route), takeBack)] : []),
    ...(certificates.challenge === "http-01" ? [awaitNames(app, hosts)] : []),
    ...(basicAuth ? [putRouteWithUsers(route)] : [putRoute(route), removeUsers(app)]),
    // The file is in Traefik's own directory, where Traefik may replace it by a FIFO.
    `certified() ( run_patience=2; run_as traefik grep -qF "\\"main\\": \\"$1\\"" ${shellQuote(certificates.store)} 2>/dev/null )`,
    ...hosts.map((host) => awaitCertificate(app, host)),
  ].join("\n");
}

/** Shell text that removes the route. Its certificates stay in Traefik's store, unused. */
export function removeRoute(app: string): string {
  return `${removeFiles(routeFile(app))}\n${removeUsers(app)}`;
}

/**
 * Shell text that waits until the names resolve on the edge, or warns which do not. The resolver's cache is flushed
 * first: cached answers do not show what the authority will find.
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
 * Traefik reads the users once, when it loads a route with a new content. So the file's name depends on its content.
 * This text contains neither the users nor that name.
 */
function receiveUsers(app: string): string {
  return [
    // Read first, before another program consumes the same input.
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

/** A shell word: the file without its last newline. With users, `users_file` must be set. */
function routeText(route: RouteSetup): string {
  if (route.basicAuth !== true) return shellQuote(renderTraefikRoute(route).replace(/\n$/, ""));
  const mark = "/mynodeone/users-file";
  const text = renderTraefikRoute({ ...route, usersFile: mark }).replace(/\n$/, "");
  // The first match is ours: the user's middlewares come later.
  const at = text.indexOf(mark);
  return `${shellQuote(text.slice(0, at))}"$users_file"${shellQuote(text.slice(at + mark.length))}`;
}

function removeUsers(app: string): string {
  return shellCommand("rm", "-rf", usersDirectory(app));
}
