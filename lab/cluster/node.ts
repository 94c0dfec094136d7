import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pidOf, startDaemon, stopDaemon } from "../daemon.ts";
import { paths } from "../paths.ts";
import { poll } from "../poll.ts";
import { cgroupProcesses } from "../cgroups.ts";
import { kill, processIds } from "../process.ts";
import { layout, runtime, stateDirectory } from "./layout.ts";
import { nodeDaemon, nodePath, readIfPresent } from "./run.ts";

/**
 * Gives the cluster's programs their own `/var/lib`, `/var/log` and `/run`, in a mount namespace that one idle process
 * holds. Programs with such paths built in (kubelet, CNI) therefore leave nothing on the machine, and every mount ends
 * with the namespace.
 */
export async function startNode(): Promise<void> {
  for (const directory of [layout.varLib, layout.varLog]) mkdirSync(directory, { recursive: true });
  await startDaemon({
    name: nodeDaemon,
    command: "unshare",
    args: [
      ...["--mount", "--propagation=private", "sh", "-euc", setUp, "node"],
      ...[paths.lab, layout.varLib, layout.varLog, runtime.mark, stateDirectory],
    ],
    ready: () => Promise.resolve(statSync(nodePath(runtime.mark))),
  });
}

// First, it unmounts its copies of mounts that others may want to unmount (namespaces, hosts' file systems). A
// namespace that is deleted meanwhile has disappeared here, too. Last, it shows the kubelet values as already set that
// the kubelet would otherwise set for the whole machine.
const setUp = `
lab=$1 lib=$2 log=$3 mark=$4 state=$5
while read -r _ _ _ _ target _; do
  case $target in /run/*|"$lab"/*) echo "$target" ;; esac
done < /proc/self/mountinfo | sort -r | while read -r target; do
  umount -l "$target" || ! mountpoint -q "$target"
done
mount --bind "$lib" /var/lib
mount --bind "$log" /var/log
mount -t tmpfs -o mode=755 node /run
mkdir /run/sysctl
tunable() {
  [ -e "/proc/sys/$1/$2" ] || return 0
  echo "$3" > "/run/sysctl/$2"
  mount --bind "/run/sysctl/$2" "/proc/sys/$1/$2"
}
tunable vm overcommit_memory 1
tunable vm panic_on_oom 0
tunable kernel panic 10
tunable kernel panic_on_oops 1
tunable kernel/keys root_maxkeys 1000000
tunable kernel/keys root_maxbytes 25000000
echo "$state" > "$mark"
exec sleep infinity
`;

/** Ends every process on the node, including those that outlived their parent (shims, pods). */
export async function stopNode(cgroup: string): Promise<void> {
  await poll(
    () => {
      const left = [...cgroupProcesses(cgroup), ...mountProcesses()];
      left.forEach(kill);
      if (left.length > 0) throw new Error(`processes ${left.join(", ")} are still there`);
    },
    { what: "the processes of the node to end", timeout: 20_000 },
  );
  await stopDaemon(nodeDaemon);
}

/** Processes that see the node's mounts, except the one that holds them. */
function mountProcesses(): number[] {
  const holder = pidOf(nodeDaemon);
  return processIds().filter((pid) => pid !== holder && stateDirectoryOf(pid) === stateDirectory);
}

function stateDirectoryOf(pid: number): string | undefined {
  return readIfPresent(join("/proc", String(pid), "root", runtime.mark))?.trim();
}
