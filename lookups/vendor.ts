/** A vendor that has not answered the question: that says nothing against the config. */
export class VendorError extends Error {
  readonly vendor: VendorName;

  constructor(vendor: VendorName, message: string) {
    super(message);
    this.vendor = vendor;
  }
}

/** Where each says that it has trouble. */
const statusPages = {
  Cloudflare: "https://www.cloudflarestatus.com",
  Tailscale: "https://status.tailscale.com",
} as const;

export type VendorName = keyof typeof statusPages;

/** A vendor's no. */
export interface Refusal {
  /** The provider's own words. */
  reason: string;
  /** HTTP status of the answer, where the provider names it. */
  status: number | undefined;
}

/**
 * What a vendor has answered to a lookup that failed.
 *
 * @throws VendorError if that is no answer: nobody was reached, the vendor has a fault of its own, or asks to wait
 */
export function refusalOf(error: unknown, vendor: VendorName): Refusal {
  const reason = reasonOf(error);
  const status = statusOf(reason);
  if (status === 429) {
    throw new VendorError(
      vendor,
      `${vendor} has had too many requests with this token and asks to wait. ` +
        `That says nothing against the config: run again in five minutes.${saying(reason)}`,
    );
  }
  if (status === undefined ? noAnswer.test(reason) : status === 408 || status >= 500) {
    throw new VendorError(
      vendor,
      `${vendor} does not answer. That says nothing against the config: see that this machine reaches the internet, ` +
        `and what ${statusPages[vendor]} says, and run again later.${saying(reason)}`,
    );
  }
  return { reason, status };
}

/** A provider's own words at the end of a message. */
export function saying(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/**
 * What is said without an HTTP status: by Go's and by Node's network code, and by a client that takes the page of a
 * proxy in between for JSON.
 */
const noAnswer = new RegExp(
  [
    "dial tcp|no such host|timed? ?out|deadline exceeded|connection re(?:fused|set)|no route to host|unreachable",
    "\\bEOF\\b|\\bx509\\b|\\btls: |server misbehaving|invalid character '<'",
    "\\bE(?:CONN[A-Z]+|TIMEDOUT|AI_AGAIN|NOTFOUND|HOSTUNREACH|NETUNREACH|PIPE)\\b|socket hang up|other side closed",
  ].join("|"),
  "i",
);

/** `GET "https://…": 429 Too Many Requests {…}` is Cloudflare's way to name it, `API token invalid (401)` Tailscale's. */
function statusOf(reason: string): number | undefined {
  const [, after, within] = /(?:^|: )([1-5]\d\d)\b|\(([1-5]\d\d)\)/.exec(reason) ?? [];
  const status = after ?? within;
  return status === undefined ? undefined : Number(status);
}

/** The provider's own words: engine and SDK put the function's name before them. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^(Invoke of '[^']*' failed|invocation of \S+ returned an error): /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
