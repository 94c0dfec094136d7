import isPlainObject from "is-plain-obj";
import { valueAt } from "../../apps/values.ts";
import type { KnownEntry } from "./knownApp.ts";
import { kindsOf } from "../schema/middleware.ts";
import type { Reader } from "../schema/reader.ts";

/** Options that act on the route from the internet. */
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
 * Options of one app that exclude each other, or that do nothing beside others. Like the clashes it reads what is
 * written, so that it shows although another option has a problem of its own.
 */
export function checkExclusions({ path, written, known }: KnownEntry, reader: Reader): void {
  if (!isPlainObject(written)) return;
  const option = (name: string) => valueAt(written, [name]);
  const isUsed = (name: string) => option(name) !== undefined && option(name) !== false;

  if (option("proxy") === false) {
    if (option("internet") === true)
      reader.report(
        [...path, "internet"],
        "excludes `proxy: false`: the route leads to the proxy. Remove one.",
      );
    if (option("proxyPort") !== undefined)
      reader.report(
        [...path, "proxyPort"],
        "without effect: with `proxy: false` nothing listens. Remove one.",
      );
    if (option("hostNetwork") === true)
      reader.report(
        [...path, "hostNetwork"],
        "without effect: with `proxy: false` nothing connects to it. Remove one.",
      );
    if (option("service") !== undefined && option("chart") === undefined)
      reader.report(
        path,
        "without effect: it runs already, and with `proxy: false` nothing is made for it. Remove it.",
      );
  }
  if (option("adminClaimed") === true && known && !known.firstVisitorIsAdmin)
    reader.report(
      [...path, "adminClaimed"],
      "without effect: this app gives its administrator's seat to no visitor. Remove it.",
    );
  if (option("internet") !== true) {
    for (const name of routeOptions) {
      if (isUsed(name)) reader.report([...path, name], onlyOnTheInternet);
    }
    const subdomains = option("subdomain");
    if (Array.isArray(subdomains) && subdomains.length > 1)
      reader.report([...path, "subdomain"], `more than one: ${onlyOnTheInternet}`);
  }
  const asksToo = kindsOf(option("middlewares")).some(
    (kind) => kind === "basicAuth" || kind === "digestAuth",
  );
  if (option("basicAuth") === true && asksToo) {
    reader.report(
      [...path, "basicAuth"],
      "excludes a middleware of type basicAuth or digestAuth: a browser sends one password only. Remove one.",
    );
  }
}

const onlyOnTheInternet =
  "without effect: it acts on the route from the internet. Add `internet: true`, or remove it.";
