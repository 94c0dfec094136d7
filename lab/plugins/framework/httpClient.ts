import { setTimeout as sleep } from "node:timers/promises";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: URL;
  headers?: Record<string, string>;
  /** Sent unchanged; `headers` have to name its content type. */
  body?: string;
  signal?: AbortSignal;
}

/** An answer other than 2xx. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: string;
  /** When to retry, if the service says so (milliseconds). */
  readonly retryAfter: number | undefined;

  constructor(request: HttpRequest, response: Response, body: string) {
    const { status, statusText, headers } = response;
    super(`${request.method} "${request.url.href}": ${status} ${statusText} ${body}`.trimEnd());
    this.status = status;
    this.body = body;
    this.retryAfter = parseRetryAfter(headers.get("retry-after"));
  }
}

/** Milliseconds. */
const delays = { first: 500, longest: 8000, longestAsked: 60_000 } as const;

/**
 * Sends a request and reads its JSON answer.
 *
 * @param retries of a transient failure: the vendors' own clients differ in this number
 */
export async function fetchJson(request: HttpRequest, retries: number): Promise<unknown> {
  const text = await fetchText(request, retries);
  return text === "" ? undefined : JSON.parse(text);
}

/** Sends a request and returns its answer unparsed. @param retries as in `fetchJson` */
export async function fetchText(request: HttpRequest, retries: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    let delay: number = Math.min(delays.first * 2 ** attempt, delays.longest);
    try {
      return await fetchOnce(request);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (attempt === retries || !isTransient(error)) throw error;
      const asked = error instanceof HttpError ? error.retryAfter : undefined;
      // A longer delay is replaced by the usual one.
      if (asked !== undefined && asked < delays.longestAsked) delay = asked;
    }
    await sleep(delay, undefined, request.signal ? { signal: request.signal } : {});
  }
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds >= 0 ? milliseconds : undefined;
}

async function fetchOnce(request: HttpRequest): Promise<string> {
  const { method, url, headers, body, signal } = request;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    // fetch itself says only "fetch failed"; the reason is its cause.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${method} "${url.href}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  }
  const text = await response.text();
  if (!response.ok) throw new HttpError(request, response, text);
  return text;
}

function isTransient(error: unknown): boolean {
  return !(error instanceof HttpError) || [408, 409, 429].includes(error.status) || error.status >= 500;
}
