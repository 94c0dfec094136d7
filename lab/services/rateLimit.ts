export interface RateLimitOptions {
  /** Requests in one window. */
  limit: number;
  /** Length of a window in seconds. */
  window: number;
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

  /** Takes one request; returns the seconds to wait if there is none left, else 0. */
  take(): number {
    const now = this.#now();
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + this.#options.window * 1000;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used > this.#options.limit ? Math.ceil((this.#windowEnd - now) / 1000) : 0;
  }
}
