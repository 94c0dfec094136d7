import { setTimeout as sleep } from "node:timers/promises";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: URL;
  headers?: Record<string, string>;
  /** Sent as it is; say what it is in `headers`. */
  body?: string;
  signal?: AbortSignal;
}

/** An answer other than 2xx. */
export class HttpError extends Error {
  readonly status: number;

  constructor(request: HttpRequest, status: number, statusText: string, body: string) {
    super(`${request.method} "${request.url.href}": ${status} ${statusText} ${body}`.trimEnd());
    this.status = status;
  }
}

const retries = 2;
const firstDelay = 500;

/** Sends a request and reads its JSON answer; tries again where the vendors' own clients do. */
export async function fetchJson(request: HttpRequest): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchOnce(request);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (attempt === retries || !isTransient(error)) throw error;
    }
    await sleep(firstDelay * 2 ** attempt, undefined, request.signal ? { signal: request.signal } : {});
  }
}

async function fetchOnce(request: HttpRequest): Promise<unknown> {
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
    // fetch only says "fetch failed"; the reason is its cause.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${method} "${url.href}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  }
  const text = await response.text();
  if (!response.ok) throw new HttpError(request, response.status, response.statusText, text);
  return text === "" ? undefined : JSON.parse(text);
}

function isTransient(error: unknown): boolean {
  return !(error instanceof HttpError) || error.status === 429 || error.status >= 500;
}
