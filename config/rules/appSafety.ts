import type { AppOptions } from "../schema/app.ts";
import { asksForLogin } from "../schema/middleware.ts";
import type { Reader } from "../schema/reader.ts";
import type { UsableEntry } from "./knownApp.ts";
import { safetyRules } from "./safety.ts";
import type { SafetyFacts } from "./safety.ts";

/** Nothing is known of an app outside the catalogue, so it violates no rule. */
export function safetyOf({ options, known, adminClaimed }: UsableEntry, domain: string): SafetyFacts {
  const seatIsFree = known?.firstVisitorIsAdmin === true && !adminClaimed;
  return {
    internet: options.internet && !seatIsFree,
    hsts: options.hsts,
    login: known?.login ?? true,
    edgeLogin: hasEdgeLogin(options, domain),
    seatIsFree,
    uploads: known?.uploads ?? false,
    cdn: options.cdn,
  };
}

/** Whether the edge requires a login: ours, or that of a middleware. */
export function hasEdgeLogin(
  { basicAuth, middlewares }: Pick<AppOptions, "basicAuth" | "middlewares">,
  domain: string,
): boolean {
  return basicAuth || asksForLogin(middlewares, domain);
}

/** The only rule that refuses a config. Of the others, one keeps the app in the tailnet and one only warns. */
export function checkLogin(entry: UsableEntry, domain: string, reader: Reader): void {
  const rule = safetyRules["public-app-has-a-login"];
  if (!rule.holds(safetyOf(entry, domain))) reader.reportOnce([...entry.path, "internet"], rule.message);
}

const noticed = [
  safetyRules["public-app-has-an-administrator"],
  safetyRules["uploads-not-through-cdn"],
] as const;

/**
 * Messages for the user about an app.
 *
 * @param asked the app's facts, with `internet` as requested
 */
export function safetyNotices(asked: SafetyFacts): string[] {
  return noticed.filter((rule) => !rule.holds(asked)).map((rule) => rule.message);
}
