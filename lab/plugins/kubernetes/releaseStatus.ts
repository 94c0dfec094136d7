import type { types } from "@pulumi/kubernetes";
import { isObject, type Properties } from "../framework/properties.ts";
import { statusFields } from "./releaseSchema.ts";

type SdkStatus = types.output.helm.v3.ReleaseStatus;

/** The `status` of a Release. */
export type ReleaseStatus = { [Name in keyof SdkStatus]: SdkStatus[Name] };

/** Parses the output of `helm get metadata --output=json`. */
export function parseStatus(metadata: string): ReleaseStatus {
  const recorded = JSON.parse(metadata) as Properties;
  const status = Object.keys(statusFields).map((name) => [name, recorded[name]]);
  return Object.fromEntries(status) as ReleaseStatus;
}

/** The number of installs and upgrades; 0 if the release does not exist. */
export function revisionOf(status: unknown): number {
  return isObject(status) && typeof status.revision === "number" ? status.revision : 0;
}
