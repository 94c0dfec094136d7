/** A vendor did not answer, which is no error of the config. */
export class VendorError extends Error {
  readonly vendor: VendorName;

  constructor(vendor: VendorName, message: string) {
    super(message);
    this.vendor = vendor;
  }
}

/** The vendors' status pages. */
const statusPages = {
  Cloudflare: "https://www.cloudflarestatus.com",
  Tailscale: "https://status.tailscale.com",
} as const;

export type VendorName = keyof typeof statusPages;

/** A vendor's refusal. */
export interface Refusal {
  /** The provider's own words. */
  reason: string;
  /** HTTP status of the answer, if the provider gives it. */
  status: number | undefined;
}

/**
 * The vendor's answer to a failed lookup.
 *
 * @throws VendorError without an answer: the vendor is unreachable, has an internal error, or asks to wait
 */
export function refusalOf(error: unknown, vendor: VendorName): Refusal {
  const reason = reasonOf(error);
  const status = statusOf(reason);
  if (status === 429) {
    throw new VendorError(
      vendor,
      `${vendor} has rate limited this token. The config is not the cause: run again in five ` +
        `minutes.${saying(reason)}`,
    );
  }
  if (status === undefined ? noAnswer.test(reason) : status === 408 || status >= 500) {
    throw new VendorError(
      vendor,
      `${vendor} does not answer. The config is not the cause: check this machine's internet connection ` +
        `and ${statusPages[vendor]}, and run again later.${saying(reason)}`,
    );
  }
  return { reason, status };
}

/** The provider's own words, appended to a message. */
export function saying(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/**
 * Errors without an HTTP status: from Go's and Node's network code, and from a client that parses an intermediate
 * proxy's page as JSON.
 */
const noAnswer = new RegExp(
  [
    "dial tcp|no such host|timed? ?out|deadline exceeded|connection re(?:fused|set)|no route to host|unreachable",
    "\\bEOF\\b|\\bx509\\b|\\btls: |server misbehaving|invalid character '<'",
    "\\bE(?:CONN[A-Z]+|TIMEDOUT|AI_AGAIN|NOTFOUND|HOSTUNREACH|NETUNREACH|PIPE)\\b|socket hang up|other side closed",
  ].join("|"),
  "i",
);

/** Cloudflare's format is `GET "https://…": 429 Too Many Requests {…}`, Tailscale's `API token invalid (401)`. */
function statusOf(reason: string): number | undefined {
  const [, after, within] = /(?:^|: )([1-5]\d\d)\b|\(([1-5]\d\d)\)/.exec(reason) ?? [];
  const status = after ?? within;
  return status === undefined ? undefined : Number(status);
}

/** The provider's own words, without the function's name that engine and SDK prepend. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^(Invoke of '[^']*' failed|invocation of \S+ returned an error): /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
