import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { ApiError } from "./apiError.ts";
import type { Actor, Credentials } from "./credentials.ts";
import { parseHujson } from "../../hujson.ts";
import type { Headscale } from "./headscale.ts";
import type { PolicyFile } from "./policyFile.ts";
import type { Scope } from "./scopes.ts";

/** The dependencies of the routes. */
export interface Context {
  headscale: Headscale;
  credentials: Credentials;
  policyFile: PolicyFile;
  /** The tailnet's name, and the domain of its devices. */
  tailnet: string;
  /** The headscale user who owns the auth keys. */
  user: string;
}

/** Throws unless the request has the permission in this tailnet; `-` is the token's own tailnet. */
export function authorize(context: Context, request: FastifyRequest, scope: Scope): Actor {
  const actor = context.credentials.authorize(request.headers.authorization, scope);
  const { tailnet } = request.params as { tailnet?: string };
  if (tailnet !== undefined && tailnet !== "-" && tailnet !== context.tailnet) {
    throw new ApiError(404, "tailnet not found");
  }
  return actor;
}

/** Parses a JSON body of this type. */
export function parseBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseText(textOf(request)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ApiError(400, `invalid request body: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

/** The unparsed body. */
export function textOf(request: FastifyRequest): string {
  return typeof request.body === "string" ? request.body : "";
}

function parseText(text: string): unknown {
  try {
    return parseHujson(text);
  } catch {
    throw new ApiError(400, "invalid request body: not JSON");
  }
}
