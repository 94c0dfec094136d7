export interface RateLimitOptions {
  /** Requests in one window. */
  limit: number;
  /** Length of a window in seconds. */
  window: number;
}

/** What is left after a request. */
export interface Quota extends RateLimitOptions {
  remaining: number;
  /** Seconds until the window ends, rounded up. */
  reset: number;
  /** Whether this request was one too many. */
  exceeded: boolean;
}

/** Counts requests in fixed windows that begin with the first request after the last one's end. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #now: () => number;
  #windowEnd = 0;
  #used = 0;

  /** @param now milliseconds; given by tests. */
  constructor(options: RateLimitOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
  }

  take(): Quota {
    const now = this.#now();
    const { limit, window } = this.#options;
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + window * 1000;
      this.#used = 0;
    }
    this.#used += 1;
    return {
      limit,
      window,
      remaining: Math.max(0, limit - this.#used),
      reset: Math.ceil((this.#windowEnd - now) / 1000),
      exceeded: this.#used > limit,
    };
  }
}
