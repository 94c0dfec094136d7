import isPlainObject from "is-plain-obj";
import { valueAt } from "../../apps/values.ts";
import type { KnownEntry } from "./knownApp.ts";
import { kindsOf } from "../schema/middleware.ts";
import type { Reader } from "../schema/reader.ts";

/** Options of the route from the internet. */
const routeOptions = [
  "cdn",
  "allowFrom",
  "basicAuth",
  "hsts",
  "rateLimit",
  "requestsInFlight",
  "middlewares",
] as const;

/**
 * Options of one app that conflict, or that have no effect with others. Reads the raw config, like the clashes, so it
 * reports even if another option has a problem.
 */
export function checkExclusions({ path, written, known }: KnownEntry, reader: Reader): void {
  if (!isPlainObject(written)) return;
  const option = (name: string) => valueAt(written, [name]);
  const isUsed = (name: string) => option(name) !== undefined && option(name) !== false;

  if (option("proxy") === false) {
    if (option("internet") === true)
      reader.report(
        [...path, "internet"],
        "conflicts with `proxy: false`: the route leads to the proxy. Remove one of them.",
      );
    if (option("proxyPort") !== undefined)
      reader.report(
        [...path, "proxyPort"],
        "has no effect with `proxy: false`: no proxy listens on it. Remove one of them.",
      );
    if (option("hostNetwork") === true)
      reader.report(
        [...path, "hostNetwork"],
        "has no effect with `proxy: false`: no proxy connects to the app. Remove one of them.",
      );
    if (option("service") !== undefined && option("chart") === undefined)
      reader.report(
        path,
        "has no effect: its Service already runs, and `proxy: false` creates nothing for it. Remove the app.",
      );
  }
  if (option("adminClaimed") === true && known && !known.firstVisitorIsAdmin)
    reader.report(
      [...path, "adminClaimed"],
      "has no effect: this app never makes a visitor its administrator. Remove it.",
    );
  if (option("internet") !== true) {
    for (const name of routeOptions) {
      if (isUsed(name)) reader.report([...path, name], onlyOnTheInternet);
    }
    const subdomains = option("subdomain");
    if (Array.isArray(subdomains) && subdomains.length > 1)
      reader.report([...path, "subdomain"], `a second subdomain ${onlyOnTheInternet}`);
  }
  const asksToo = kindsOf(option("middlewares")).some(
    (kind) => kind === "basicAuth" || kind === "digestAuth",
  );
  if (option("basicAuth") === true && asksToo) {
    reader.report(
      [...path, "basicAuth"],
      "conflicts with a middleware of type basicAuth or digestAuth: a browser sends one password only. Remove one of them.",
    );
  }
}

const onlyOnTheInternet =
  "has no effect: it applies only to the route from the internet. Add `internet: true`, or remove it.";
