import { credentials } from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Severity } from "./provider.ts";

/** @param passing shown beside the resource during the operation, and not kept */
export type EngineLog = (severity: Severity, urn: string, message: string, passing?: "passing") => void;

const severities = {
  debug: engineMessages.LogSeverity.DEBUG,
  info: engineMessages.LogSeverity.INFO,
  warning: engineMessages.LogSeverity.WARNING,
  error: engineMessages.LogSeverity.ERROR,
} as const satisfies Record<Severity, number>;

/** Sends log lines to the engine, which shows them under their resource. */
export function engineLog(address: string): EngineLog {
  const client = new engineService.EngineClient(address, credentials.createInsecure());
  return (severity, urn, message, passing) => {
    const request = new engineMessages.LogRequest();
    request.setSeverity(severities[severity]);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(passing !== undefined);
    // If the engine has ended, the line is dropped.
    client.log(request, () => undefined);
  };
}
