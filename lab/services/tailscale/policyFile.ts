import { createHash } from "node:crypto";
import { ApiError } from "./apiError.ts";
import { type Headscale, HeadscaleError } from "./headscale.ts";
import { defaultPolicy, parsePolicy, type Policy } from "./policy.ts";

/** The stored policy, and its ETag for the next writer's If-Match. */
export interface StoredPolicy {
  hujson: string;
  /** In quotes, as in the header. */
  etag: string;
}

/** The tailnet's policy file, stored by the control server. */
export class PolicyFile {
  readonly #headscale: Headscale;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(headscale: Headscale) {
    this.#headscale = headscale;
  }

  async read(): Promise<StoredPolicy> {
    const hujson = (await this.#headscale.policy()) ?? defaultPolicy;
    return { hujson, etag: `"${createHash("sha256").update(hujson).digest("hex")}"` };
  }

  async parse(): Promise<Policy> {
    return parsePolicy((await this.read()).hujson);
  }

  /**
   * Replaces the policy; an empty one restores the default.
   * @param ifMatch an ETag, or `"ts-default"` to require an unchanged default
   */
  write(hujson: string, ifMatch: string | undefined): Promise<StoredPolicy> {
    // Serialized, because two writers with the same ETag could otherwise both pass the comparison.
    const write = this.#lastWrite.then(() => this.#write(hujson, ifMatch));
    this.#lastWrite = write.catch(() => undefined);
    return write;
  }

  async #write(hujson: string, ifMatch: string | undefined): Promise<StoredPolicy> {
    if (ifMatch !== undefined) {
      const stored = await this.read();
      const wanted = ifMatch.replace(/^"?(.*?)"?$/, '"$1"');
      const matches = wanted === '"ts-default"' ? stored.hujson === defaultPolicy : wanted === stored.etag;
      if (!matches) throw new ApiError(412, "precondition failed, invalid old hash");
    }
    const policy = hujson.trim() === "" ? defaultPolicy : hujson;
    const problem = problemOf(policy);
    if (problem !== undefined) throw new ApiError(400, problem);
    try {
      await this.#headscale.setPolicy(policy);
    } catch (error) {
      if (error instanceof HeadscaleError) throw new ApiError(400, error.message);
      throw error;
    }
    return this.read();
  }
}

/** Why a policy would be refused, as far as this is known without the control server. */
export function problemOf(hujson: string): string | undefined {
  try {
    parsePolicy(hujson);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
