import { HttpError } from "../framework/httpClient.ts";
import type { Properties } from "../framework/properties.ts";

/** The `result` of a call; an error has the official plugin's wording. */
export async function failing(call: Promise<unknown>): Promise<Properties> {
  try {
    return (await call) as Properties;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    error.message = `failed to make http request: ${error.message}`;
    throw error;
  }
}
