import type { z } from "zod";
import isPlainObject from "is-plain-obj";
import { app } from "./app.ts";
import type { AppOptions } from "./app.ts";
import { isLoginKind, kindsOf } from "./middleware.ts";

/**
 * An app's options without the invalid ones, which have been reported, so that their combination is checked in the same
 * run. A written login counts as present, even if it is invalid.
 */
export function validSubset(written: Record<string, unknown>): AppOptions {
  const { basicAuth, chart, middlewares } = written;
  const valid = validOptions(app.shape, written);
  if (Object.hasOwn(written, "chart"))
    valid.chart = isPlainObject(chart) ? validOptions(app.shape.chart.unwrap().shape, chart) : {};
  const hasLogin = (basicAuth !== undefined && basicAuth !== false) || kindsOf(middlewares).some(isLoginKind);
  return app.parse({ ...valid, ...(hasLogin && { basicAuth: true }) });
}

function validOptions(shape: Record<string, z.ZodType>, written: Record<string, unknown>) {
  const valid = Object.entries(written).filter(
    ([key, value]) => Object.hasOwn(shape, key) && shape[key]?.safeParse(value).success,
  );
  return Object.fromEntries(valid);
}
