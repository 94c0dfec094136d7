import type { types } from "@pulumi/kubernetes";

type SdkStatus = types.output.helm.v3.ReleaseStatus;

/** The `status` of a Release: what helm recorded last. */
export type ReleaseStatus = { [Name in keyof SdkStatus]: SdkStatus[Name] };

/** Reads what `helm get metadata --output=json` wrote. */
export function parseStatus(metadata: string): ReleaseStatus {
  const { name, namespace, revision, status, chart, version, appVersion } = JSON.parse(
    metadata,
  ) as ReleaseStatus;
  return { name, namespace, revision, status, chart, version, appVersion };
}
