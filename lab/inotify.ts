import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { processIds } from "./process.ts";

/**
 * Instances of inotify that a lab needs: root's programs had 30 with the stack up, and a second edge needs 7 more. The
 * systems watch their units, Kubernetes its manifests. A system without a free instance hangs at boot.
 */
export const inotifyOfLab = 40;

/** The limit for all programs of root together: https://man7.org/linux/man-pages/man7/inotify.7.html */
export const inotifySetting = "fs.inotify.max_user_instances";

export function inotifyLimit(): number {
  return Number(readFileSync("/proc/sys/fs/inotify/max_user_instances", "utf8"));
}

/** The number of free instances. It is a lower bound: an instance that two processes share is counted twice. */
export function freeInotify(): number {
  const files = processIds().filter(isRoots).flatMap(openFiles);
  return inotifyLimit() - files.filter((file) => file === "anon_inode:inotify").length;
}

function isRoots(pid: number): boolean {
  try {
    return /^Uid:\s+0\s/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    // The process has ended meanwhile.
    return false;
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
