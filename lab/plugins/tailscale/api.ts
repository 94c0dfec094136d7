import { argument } from "../framework/arguments.ts";
import { fetchJson, fetchText, HttpError, type HttpRequest } from "../framework/httpClient.ts";
import type { Properties } from "../framework/properties.ts";

/** A device as the API shows it (https://tailscale.com/api#tag/devices). */
export interface Device {
  id: string;
  nodeId: string;
  name: string;
  hostname: string;
  addresses: string[];
  tags?: string[];
  [field: string]: unknown;
}

export interface TailscaleApi {
  /** The devices with these values of properties. */
  devices(filter: URLSearchParams, signal: AbortSignal): Promise<Device[]>;
  /** The tailnet's policy file, in HuJSON. */
  policy(signal: AbortSignal): Promise<string>;
  /**
   * Replaces the policy file; an empty one restores Tailscale's default.
   * @param ifMatch the ETag that it must have, or `ts-default` @default any policy is replaced
   */
  setPolicy(hujson: string, ifMatch: string | undefined, signal: AbortSignal): Promise<void>;
}

const defaultBaseUrl = "https://api.tailscale.com";

/** An API client from the provider's arguments, or their environment variables. */
export function tailscaleApi(args: Properties): TailscaleApi {
  const baseUrl = argument(args, "baseUrl", "TAILSCALE_BASE_URL") ?? defaultBaseUrl;
  const tailnet = argument(args, "tailnet", "TAILSCALE_TAILNET") ?? "-";
  const credentials = credentialsOf(args);
  let authorization: Promise<string> | undefined;
  const call = async (request: TailnetRequest): Promise<string> => {
    const { signal, query } = request;
    authorization ??= authorize(credentials, baseUrl, signal);
    authorization.catch(() => (authorization = undefined));
    const url = new URL(`/api/v2/tailnet/${encodeURIComponent(tailnet)}/${request.path}`, baseUrl);
    url.search = query?.toString() ?? "";
    const headers = { ...request.headers, authorization: await authorization };
    try {
      return await fetchText({ method: "GET", ...request, url, headers }, 0);
    } catch (error) {
      throw describe(error);
    }
  };
  return {
    async devices(query, signal) {
      return (JSON.parse(await call({ path: "devices", query, signal })) as { devices: Device[] }).devices;
    },

    policy: (signal) => call({ path: "acl", headers: hujson, signal }),

    async setPolicy(body, ifMatch, signal) {
      const condition: Record<string, string> =
        ifMatch === undefined ? {} : { "if-match": JSON.stringify(ifMatch) };
      await call({ method: "POST", path: "acl", headers: { ...hujson, ...condition }, body, signal });
    },
  };
}

/** The official client sends this even without a body. */
const hujson = { "content-type": "application/hujson" };

interface TailnetRequest extends Omit<HttpRequest, "method" | "url"> {
  method?: HttpRequest["method"];
  /** A path below `/api/v2/tailnet/<tailnet>/`. */
  path: string;
  query?: URLSearchParams;
  signal: AbortSignal;
}

type Credentials = { apiKey: string } | { clientId: string; clientSecret: string };

function credentialsOf(args: Properties): Credentials {
  const apiKey = argument(args, "apiKey", "TAILSCALE_API_KEY");
  const clientId = argument(args, "oauthClientId", "TAILSCALE_OAUTH_CLIENT_ID", "OAUTH_CLIENT_ID");
  const clientSecret = argument(
    args,
    "oauthClientSecret",
    "TAILSCALE_OAUTH_CLIENT_SECRET",
    "OAUTH_CLIENT_SECRET",
  );
  if (apiKey !== undefined && (clientId ?? clientSecret) !== undefined) {
    throw credentialsError(
      "are conflicting - `api_key` conflicts with 'oauth_client_id' and 'oauth_client_secret'",
    );
  }
  if (apiKey !== undefined) return { apiKey };
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId !== undefined)
    throw credentialsError("lack 'oauth_client_secret', which goes with 'oauth_client_id'");
  if (clientSecret !== undefined)
    throw credentialsError("lack 'oauth_client_id', which goes with 'oauth_client_secret'");
  throw credentialsError("are empty - set `api_key`, or 'oauth_client_id' and 'oauth_client_secret'");
}

function credentialsError(problem: string): Error {
  return new Error(`Provider credentials error: tailscale provider credentials ${problem}`);
}

async function authorize(credentials: Credentials, baseUrl: string, signal: AbortSignal): Promise<string> {
  if ("apiKey" in credentials) return basic(credentials.apiKey, "");
  const request: HttpRequest = {
    method: "POST",
    url: new URL("/api/v2/oauth/token", baseUrl),
    headers: {
      authorization: basic(credentials.clientId, credentials.clientSecret),
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
    signal,
  };
  try {
    return `Bearer ${((await fetchJson(request, 0)) as { access_token: string }).access_token}`;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new Error(`oauth2: cannot fetch token: ${error.status}\nResponse: ${error.body}`, { cause: error });
  }
}

/** The message of an answer, in the wording of the vendor's client. */
function describe(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const { message } = JSON.parse(error.body) as { message: string };
  return new Error(`${message} (${error.status})`, { cause: error });
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
