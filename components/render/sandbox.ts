import type { UnitSection } from "./systemdUnit.ts";

/**
 * What no network daemon of ours needs, taken away: the host's files, devices, kernel interfaces
 * and other processes. A unit adds the few things that it does need.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Sandboxing
 */
export const sandbox: UnitSection = {
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
