import { ApiError, type ResultInfo } from "./envelope.ts";
import type { Query } from "./query.ts";

export interface PageLimits {
  /** Default number of entries on a page. */
  default: number;
  maximum: number;
}

/** Returns the page that `page` (from 1) and `per_page` select. */
export function paginate<T>(
  entries: readonly T[],
  query: Query,
  limits: PageLimits,
): { page: T[]; info: ResultInfo } {
  const page = positiveInteger(query, "page", 1, Number.MAX_SAFE_INTEGER);
  const perPage = positiveInteger(query, "per_page", limits.default, limits.maximum);
  const slice = entries.slice((page - 1) * perPage, page * perPage);
  return {
    page: slice,
    info: {
      page,
      per_page: perPage,
      count: slice.length,
      total_count: entries.length,
      total_pages: Math.ceil(entries.length / perPage),
    },
  };
}

function positiveInteger(query: Query, name: string, otherwise: number, maximum: number): number {
  const text = query[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= 1 && value <= maximum) return value;
  throw new ApiError(400, { code: 1004, message: `Invalid ${name}. Must be between 1 and ${maximum}` });
}
