import * as pulumi from "@pulumi/pulumi";
import { KubeconfigError } from "../components/cluster/api.ts";
import { LookupError } from "../components/inputs/lookupError.ts";
import { formatProblem, listProblems } from "../config/index.ts";
import type { Path } from "../config/index.ts";
import { VendorError } from "./vendor.ts";

/** Collects the lookups' problems, to report them at once. */
export class Findings {
  /** Problems of the config. */
  readonly #problems = new Set<string>();
  /** One message per vendor that did not answer, however many lookups failed. */
  readonly #silent = new Map<string, string>();

  report(path: Path, message: string): void {
    this.#problems.add(formatProblem({ path, message }));
  }

  /** A lookup's result; undefined if it failed, which is recorded. A message that names an option gets no path. */
  async attempt<T>(path: Path, lookup: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await lookup();
    } catch (error) {
      if (error instanceof VendorError) this.#silent.set(error.vendor, error.message);
      else if (!(error instanceof LookupError)) throw error;
      else if (error instanceof KubeconfigError) this.#problems.add(`mynodeone:${error.message}`);
      else if (/^\w+:\w+ /.test(error.message)) this.#problems.add(error.message);
      else this.report(path, error.message);
      return undefined;
    }
  }

  /**
   * All results.
   *
   * @throws pulumi.RunError with all problems at once, and with the vendors that did not answer
   */
  complete<Found extends object>(found: Found): { [Key in keyof Found]: Exclude<Found[Key], undefined> } {
    const messages = [...this.#silent.values()];
    if (this.#problems.size > 0) messages.push(listProblems([...this.#problems]));
    if (messages.length > 0) throw new pulumi.RunError(messages.join("\n\n"));
    const lost = Object.entries(found).find(([, value]) => value === undefined);
    if (lost) throw new Error(`The lookup of ${lost[0]} failed without a message.`);
    return found as { [Key in keyof Found]: Exclude<Found[Key], undefined> };
  }
}
