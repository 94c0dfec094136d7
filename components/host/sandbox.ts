import type { UnitSection } from "./systemdUnit.ts";

/**
 * A sandbox without what none of our network daemons needs: the host's files, devices, kernel interfaces and other
 * processes. A unit adds its own exceptions.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Sandboxing
 */
export const sandbox: UnitSection = {
  // A core dump would contain visitors' data.
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
 * Allows execution of these programs only, and of the distribution's libraries that they load.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#ExecPaths=
 */
export function executeOnly(...programs: string[]): UnitSection {
  // /usr/lib64 contains the dynamic linker on some architectures.
  return { NoExecPaths: "/", ExecPaths: [...programs, "/usr/lib", "-/usr/lib64"].join(" ") };
}
