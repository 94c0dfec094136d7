import { Server, ServerCredentials, type handleUnaryCall } from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import type { InvokeRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { configurationHandlers } from "./configurationHandlers.ts";
import { toServiceError } from "./errors.ts";
import { engineLog, type EngineLog } from "./log.ts";
import { nameOf } from "./naming.ts";
import { unwrapSecrets } from "./properties.ts";
import type { Provider, RequestContext } from "./provider.ts";
import { resourceHandlers } from "./resourceHandlers.ts";
import { fromStruct, toStruct } from "./struct.ts";
import { Empty } from "./wellKnown.ts";

export interface ProviderServer {
  /** On 127.0.0.1. */
  port: number;
  /** Whether no request is in progress. */
  idle: () => boolean;
  stop(): void;
}

export interface ServerOptions {
  /** The destination of log lines. @default none */
  log?: EngineLog;
}

/** Serves a provider on a free port of the loopback address. */
export async function startServer(provider: Provider, options: ServerOptions = {}): Promise<ProviderServer> {
  const canceller = new AbortController();
  const handlers = allHandlers(provider, canceller, options.log ?? (() => undefined));
  let underWay = 0;
  const counted =
    (handler: Handler): Handler =>
    async (request) => {
      underWay += 1;
      try {
        return await handler(request);
      } catch (error) {
        if (provider.bridged) logFailure(error, request as unknown, options.log);
        throw error;
      } finally {
        underWay -= 1;
      }
    };
  // Chart values and states outgrow gRPC's 4 MB.
  const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(
    providerService.ResourceProviderService,
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, unary(counted(handler))])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    port,
    idle: () => underWay === 0,
    stop: () => {
      provider.stop?.();
      server.forceShutdown();
    },
  };
}

/** The main function of a plugin: serves until the engine ends the process. */
export async function runPlugin(provider: Provider): Promise<void> {
  const engineAddress = process.argv[2];
  const { port, idle } = await startServer(provider, engineAddress ? { log: engineLog(engineAddress) } : {});
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
  exitAfterEngine(process.ppid, idle);
}

/** The interval at which an official plugin checks whether its engine still runs (milliseconds). */
const engineCheckInterval = 5 * 60_000;

/**
 * A killed engine does not end its plugins: the official ones continue their work until they notice. An idle one can
 * exit at once.
 */
export function exitAfterEngine(parent: number, idle: () => boolean): void {
  let nextCheck = Date.now() + engineCheckInterval;
  setInterval(() => {
    const checks = Date.now() >= nextCheck;
    if (checks) nextCheck += engineCheckInterval;
    if (process.ppid !== parent && (checks || idle())) process.exit();
  }, 1000).unref();
}

/** In the bridge's wording: `summary: detail` becomes `[ERROR] detail: summary`. */
function logFailure(error: unknown, request: unknown, log?: EngineLog): void {
  const { getUrn } = request as { getUrn?: () => string };
  const message = error instanceof Error ? error.message : String(error);
  const [summary = "", ...detail] = message.split(": ");
  log?.(
    "error",
    getUrn?.call(request) ?? "",
    `[ERROR] ${[detail.join(": "), summary].filter(Boolean).join(": ")}`,
  );
}

// Each handler takes its own method's type of request, as deserialized by the service definition.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a union of all request types fits none
type Handler = (request: any) => unknown;

function allHandlers(
  provider: Provider,
  canceller: AbortController,
  log: EngineLog,
): Record<string, Handler> {
  const contextOf = (urn: string, timeout?: number): RequestContext => ({
    urn,
    name: nameOf(urn),
    signal: canceller.signal,
    log: (severity, message) => {
      log(severity, urn, message);
    },
    status: (message) => {
      log("info", urn, message, "passing");
    },
    ...(timeout ? { timeout } : {}),
  });
  return {
    ...configurationHandlers(provider),
    ...resourceHandlers(provider, contextOf),

    async invoke(request: InvokeRequest) {
      const found = provider.functions?.[request.getTok()];
      if (!found)
        throw new Error(`${provider.name}: the stand-in plugin has no function ${request.getTok()}`);
      const { values } = unwrapSecrets(fromStruct(request.getArgs()));
      const response = new providerMessages.InvokeResponse();
      response.setReturn(toStruct(await found.call(values, contextOf(""))));
      return response;
    },

    cancel() {
      canceller.abort(new Error("the deployment was cancelled"));
      return new Empty();
    },
  };
}

function unary(handler: Handler): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(toServiceError(error));
        },
      );
  };
}
