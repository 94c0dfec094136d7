import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { processIds } from "./process.ts";

/**
 * Instances of inotify that a lab needs: root's programs were seen to have 30 with the stack up, and a second edge
 * takes 7 more. The systems watch their units, Kubernetes its manifests. A system that gets none hangs as it boots.
 */
export const inotifyOfLab = 40;

/** What root's programs may have at the same time, all together: https://man7.org/linux/man-pages/man7/inotify.7.html */
export const inotifySetting = "fs.inotify.max_user_instances";

export function inotifyLimit(): number {
  return Number(readFileSync("/proc/sys/fs/inotify/max_user_instances", "utf8"));
}

/** How many of them are free. A lower bound: an instance that two processes share is counted twice. */
export function freeInotify(): number {
  const files = processIds().filter(isRoots).flatMap(openFiles);
  return inotifyLimit() - files.filter((file) => file === "anon_inode:inotify").length;
}

function isRoots(pid: number): boolean {
  try {
    return /^Uid:\s+0\s/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    // Gone in between.
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
