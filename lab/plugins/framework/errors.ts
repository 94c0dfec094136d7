import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import type { Properties } from "./properties.ts";
import { toStruct } from "./struct.ts";
import { Any } from "./wellKnown.ts";

/** The resource exists, but not as requested. The engine keeps it in its state and updates it the next time. */
export class InitializationError extends Error {
  readonly id: string;
  readonly state: Properties;

  constructor(message: string, id: string, state: Properties) {
    super(message);
    this.id = id;
    this.state = state;
  }
}

/** An error for gRPC: the message, and the state of a resource that was only partly created. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof InitializationError)) return { code: status.UNKNOWN, details: message };
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(initializationDetails(error)));
  return { code: status.UNKNOWN, details: message, metadata };
}

function initializationDetails(error: InitializationError): Uint8Array {
  const failed = new providerMessages.ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toStruct(error.state));
  failed.setReasonsList([error.message]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const details = new statusMessages.Status();
  details.setCode(status.UNKNOWN);
  details.setMessage(error.message);
  details.addDetails(detail);
  return details.serializeBinary();
}
