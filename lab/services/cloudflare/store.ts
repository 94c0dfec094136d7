import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../atomicFile.ts";
import type { DnsRecord } from "./record.ts";
import { renderZone, type ZoneBase } from "./zoneFile.ts";

export interface StoreOptions {
  /** The directory of `records.json`. */
  stateDirectory: string;
  /** The master file that the name server reads. */
  zoneFile: string;
  base: ZoneBase;
  /** Milliseconds; set by tests. */
  now?: () => number;
}

interface State {
  serial: number;
  records: DnsRecord[];
}

/** The records, written to disk before a change is answered, and the zone file rendered from them. */
export class RecordStore {
  readonly #options: StoreOptions;
  #state: State;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#state = readState(this.#path) ?? { serial: 0, records: [] };
    this.change(this.#state.records);
  }

  get base(): ZoneBase {
    return this.#options.base;
  }

  get serial(): number {
    return this.#state.serial;
  }

  get records(): readonly DnsRecord[] {
    return this.#state.records;
  }

  find(id: string): DnsRecord | undefined {
    return this.#state.records.find((record) => record.id === id);
  }

  /** Replaces all records. It is synchronous, so concurrent changes cannot mix. */
  change(records: readonly DnsRecord[]): void {
    const state: State = { serial: this.#nextSerial(), records: [...records] };
    writeAtomically(this.#path, JSON.stringify(state, null, 2) + "\n");
    this.#state = state;
    writeAtomically(this.#options.zoneFile, renderZone(state.records, state.serial, this.base));
  }

  /** Grows with each change, even beyond the serials of an earlier, deleted state directory. */
  #nextSerial(): number {
    const seconds = Math.floor((this.#options.now ?? Date.now)() / 1000);
    return Math.max(this.#state.serial + 1, seconds);
  }

  get #path(): string {
    return join(this.#options.stateDirectory, "records.json");
  }
}

function readState(path: string): State | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path}: cannot be read as the record store; remove it to start without records`, {
      cause: error,
    });
  }
}
