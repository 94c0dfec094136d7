import { existsSync, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { freeInotify } from "../inotify.ts";
import { cacheRoot } from "../paths.ts";
import { askCommand } from "./command.ts";
import { findVersion } from "./version.ts";

/** The facts about the machine for the prerequisite check. */
export interface MachineFacts {
  isRoot: boolean;
  /** System and architecture in Node's names: "linux/x64". */
  platform: string;
  hasApt: boolean;
  nodeVersion: string;
  /** Undefined without Go. */
  go?: { version: string; /** Whether Go can download a newer Go by itself. */ switches: boolean };
  hasPip: boolean;
  /** Free bytes of the cache's file system. */
  freeDisk: number;
  hasTun: boolean;
  hasControlGroups: boolean;
  hasOverlay: boolean;
  freeInotify: number;
}

/** Reads the facts; it starts programs only for those that `wanted` names. */
export async function machineFacts(wanted: { go: boolean; pip: boolean }): Promise<MachineFacts> {
  return {
    isRoot: process.getuid?.() === 0,
    platform: `${process.platform}/${process.arch}`,
    hasApt: existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb"),
    nodeVersion: process.versions.node,
    go: wanted.go ? await askGo() : undefined,
    hasPip: wanted.pip && (await askCommand("python3", ["-m", "pip", "--version"])) !== undefined,
    freeDisk: freeDisk(cacheRoot),
    hasTun: existsSync("/dev/net/tun"),
    hasControlGroups:
      /\bcgroup2$/m.test(contentOf("/proc/filesystems")) &&
      (existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync("/sys/fs/cgroup/memory")),
    hasOverlay: /^(nodev)?\s+overlay$/m.test(contentOf("/proc/filesystems")),
    freeInotify: freeInotify(),
  };
}

async function askGo(): Promise<MachineFacts["go"]> {
  // Outside of any module, where Go would report the version that the go.mod requires.
  const answer = await askCommand("go", ["-C", tmpdir(), "env", "GOVERSION", "GOTOOLCHAIN"]);
  const version = answer && findVersion(answer);
  return version ? { version, switches: !/^local/m.test(answer) } : undefined;
}

function freeDisk(directory: string): number {
  if (!existsSync(directory)) return freeDisk(dirname(directory));
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
