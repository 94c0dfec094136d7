import { isObject, type Properties } from "../framework/properties.ts";

/**
 * A filter as query parameters of the API: `{ name: { exact } }` becomes `name.exact=…`; several are joined by "and".
 */
export function queryOf(filter: Properties): URLSearchParams {
  const query = new URLSearchParams({ match: "all" });
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value)) query.set(name, value.join(","));
    else if (isObject(value)) {
      for (const [key, part] of Object.entries(value)) query.set(`${name}.${key}`, String(part));
    } else query.set(name, String(value));
  }
  return query;
}
