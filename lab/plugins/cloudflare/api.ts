import { argument } from "../framework/arguments.ts";
import { fetchJson, type HttpRequest } from "../framework/httpClient.ts";
import { isObject, type Properties } from "../framework/properties.ts";

/** Cloudflare's API, version 4 (https://developers.cloudflare.com/api/). */
export interface CloudflareApi {
  /** The `result` of an answer. `path` is relative to the base URL, such as `zones/ID`. */
  call(method: HttpRequest["method"], path: string, signal: AbortSignal, body?: Properties): Promise<unknown>;
}

const retries = 2;
const defaultBaseUrl = "https://api.cloudflare.com/client/v4/";

/** An API client from the provider's arguments, or their environment variables. */
export function cloudflareApi(args: Properties): CloudflareApi {
  const token = argument(args, "apiToken", "CLOUDFLARE_API_TOKEN");
  if (token !== undefined && !/^[0-9A-Za-z_-]{40,80}$/.test(token)) {
    throw new Error(
      "cloudflare: apiToken: API tokens must only contain characters 0-9, a-z, A-Z, hyphens and underscores, " +
        "and be 40 to 80 characters long",
    );
  }
  const baseUrl = argument(args, "baseUrl", "CLOUDFLARE_BASE_URL") ?? defaultBaseUrl;
  return {
    async call(method, path, signal, body) {
      if (token === undefined) {
        throw new Error("cloudflare: apiToken is missing; set cloudflare:apiToken or CLOUDFLARE_API_TOKEN");
      }
      const request: HttpRequest = {
        method,
        url: new URL(path, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      };
      const answer = await fetchJson(request, retries);
      return isObject(answer) ? answer.result : undefined;
    },
  };
}
