import type { UnitSection } from "./systemdUnit.ts";

/**
 * What no network daemon of ours needs, taken away: the host's files, devices, kernel interfaces
 * and other processes. A unit adds the few things that it does need.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Sandboxing
 */
export const sandbox: UnitSection = {
  // A core dump would hold what visitors send.
  LimitCORE: 0,
  LockPersonality: true,
  MemoryDenyWriteExecute: true,
  NoNewPrivileges: true,
  PrivateDevices: true,
  PrivateTmp: true,
  ProcSubset: "pid",
  ProtectClock: true,
  ProtectControlGroups: true,
  ProtectHome: true,
  ProtectHostname: true,
  ProtectKernelLogs: true,
  ProtectKernelModules: true,
  ProtectKernelTunables: true,
  ProtectProc: "invisible",
  ProtectSystem: "strict",
  RemoveIPC: true,
  RestrictNamespaces: true,
  RestrictRealtime: true,
  RestrictSUIDSGID: true,
  SystemCallArchitectures: "native",
  SystemCallErrorNumber: "EPERM",
  SystemCallFilter: ["@system-service", "~@privileged @resources"],
  UMask: "0077",
};

/**
 * Nothing can be executed but these programs, and the libraries of the distribution that they load.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#ExecPaths=
 */
export function executeOnly(...programs: string[]): UnitSection {
  // /usr/lib64 holds the dynamic linker on some architectures.
  return { NoExecPaths: "/", ExecPaths: [...programs, "/usr/lib", "-/usr/lib64"].join(" ") };
}
