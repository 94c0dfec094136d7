import type { Properties } from "../framework/properties.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Including the query: `/api/v1/namespaces/immich`. */
  path: string;
  body?: Properties;
  contentType?: string;
  signal: AbortSignal;
}

/** An answer other than 2xx, with the API server's `Status` object. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Sends one request to the API server (https://kubernetes.io/docs/reference/using-api/). */
export async function callApiServer(access: ClusterAccess, request: ApiRequest): Promise<Properties> {
  // fetch does not support client certificates.
  const { request: send } =
    access.server.protocol === "https:" ? await import("node:https") : await import("node:http");
  const body = request.body && JSON.stringify(request.body);
  return new Promise((resolve, reject) => {
    const outgoing = send(new URL(request.path, access.server), {
      method: request.method,
      signal: request.signal,
      ca: access.ca,
      cert: access.certificate,
      key: access.key,
      rejectUnauthorized: !access.insecure,
      headers: {
        accept: "application/json",
        ...(access.token ? { authorization: `Bearer ${access.token}` } : {}),
        ...(body === undefined
          ? {}
          : { "content-type": request.contentType, "content-length": Buffer.byteLength(body) }),
      },
    });
    outgoing.on("error", (error) => {
      reject(new Error(`configured Kubernetes cluster is unreachable: ${error.message}`, { cause: error }));
    });
    outgoing.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        const answer = parseJson(text);
        if (status >= 200 && status < 300) resolve(answer);
        else reject(new ApiError(typeof answer.message === "string" ? answer.message : text, status));
      });
    });
    outgoing.end(body);
  });
}

function parseJson(text: string): Properties {
  try {
    return JSON.parse(text) as Properties;
  } catch {
    return {};
  }
}
