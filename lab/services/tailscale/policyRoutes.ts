import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./apiError.ts";
import { authorize, type Context, textOf } from "./context.ts";
import { parseHujson } from "../../hujson.ts";
import { problemOf, type StoredPolicy } from "./policyFile.ts";

/** https://tailscale.com/api#tag/policyfile */
export function policyRoutes(app: FastifyInstance, context: Context): void {
  const { policyFile } = context;
  const path = "/api/v2/tailnet/:tailnet/acl";

  app.get<{ Querystring: { details?: string } }>(path, async (request, reply) => {
    authorize(context, request, "policy_file:read");
    const policy = await policyFile.read();
    if (request.query.details !== "1" && request.query.details !== "true")
      return answer(request, reply, policy);
    return reply
      .header("etag", policy.etag)
      .send({ acl: Buffer.from(policy.hujson).toString("base64"), warnings: null, errors: null });
  });

  app.post(path, async (request, reply) => {
    authorize(context, request, "policy_file");
    return answer(request, reply, await policyFile.write(textOf(request), request.headers["if-match"]));
  });

  app.post(`${path}/validate`, (request) => {
    authorize(context, request, "policy_file:read");
    const body = textOf(request);
    // An array contains tests to run against the current policy, which headscale does not support.
    if (body.trimStart().startsWith("[")) throw new ApiError(501, "running tests is not supported");
    // A refused policy is a valid answer: 200 with a message.
    const problem = problemOf(body);
    return problem === undefined ? {} : { message: problem };
  });
}

/** JSON on request, else the text with its comments. */
function answer(request: FastifyRequest, reply: FastifyReply, { hujson, etag }: StoredPolicy): FastifyReply {
  void reply.header("etag", etag);
  if (request.headers.accept?.includes("application/json")) return reply.send(parseHujson(hujson));
  return reply.header("content-type", "application/hujson").send(hujson);
}
