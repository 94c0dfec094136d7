import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ApiError } from "./apiError.ts";
import { authorize, type Context, parseBody } from "./context.ts";
import type { HeadscaleKey } from "./headscale.ts";
import { checkTags } from "./tags.ts";

interface KeyRoute {
  Params: { key: string };
}

/** 90 days in seconds: the maximum lifetime of an auth key, and its default. */
const longestLife = 90 * 24 * 3600;

const create = z
  .object({
    reusable: z.boolean().default(false),
    ephemeral: z.boolean().default(false),
    preauthorized: z.boolean().default(false),
    tags: z.array(z.string().startsWith("tag:")).nullish(),
  })
  .prefault({});

const newKey = z.object({
  keyType: z.literal("auth").default("auth"),
  description: z.string().max(50).default(""),
  expirySeconds: z.number().int().min(0).max(longestLife).default(0),
  capabilities: z.object({ devices: z.object({ create }) }),
});

/** https://tailscale.com/api#tag/keys: auth keys, which are headscale's preauth keys. */
export function keyRoutes(app: FastifyInstance, context: Context): void {
  const { headscale, policyFile } = context;
  const path = "/api/v2/tailnet/:tailnet/keys";
  // The control server stores no description, so it is empty after a restart of this service.
  const descriptions = new Map<string, string>();

  app.get(path, async (request) => {
    authorize(context, request, "auth_keys:read");
    return { keys: (await ownKeys()).filter((key) => !isInvalid(key)).map((key) => show(key)) };
  });

  app.post(path, async (request) => {
    const actor = authorize(context, request, "auth_keys");
    const { description, expirySeconds, capabilities } = parseBody(request, newKey);
    const { reusable, ephemeral, tags } = capabilities.devices.create;
    // A client has no user, so the devices of its keys have to belong to a tag.
    if (actor.client && !tags?.length) throw new ApiError(400, "tailnet-owned auth key must have tags set");
    if (tags?.length) checkTags(tags, await policyFile.parse(), actor);
    const owner = await headscale.ensureUser(context.user);
    const expiration = new Date(Date.now() + (expirySeconds || longestLife) * 1000).toISOString();
    const key = await headscale.createKey({
      user: owner.id,
      reusable,
      ephemeral,
      expiration,
      aclTags: tags ?? [],
    });
    descriptions.set(key.id, description);
    return { ...show(key), key: key.key };
  });

  app.get<KeyRoute>(`${path}/:key`, async (request) => {
    authorize(context, request, "auth_keys:read");
    return show(await find(request.params.key));
  });

  app.delete<KeyRoute>(`${path}/:key`, async (request, reply) => {
    authorize(context, request, "auth_keys");
    const key = await find(request.params.key);
    const owner = await headscale.ensureUser(context.user);
    await headscale.expireKey(owner.id, key.key);
    return reply.send();
  });

  async function ownKeys(): Promise<HeadscaleKey[]> {
    return headscale.keys((await headscale.ensureUser(context.user)).id);
  }

  async function find(identifier: string): Promise<HeadscaleKey> {
    const key = (await ownKeys()).find(({ id }) => identifierOf(id) === identifier);
    if (!key) throw new ApiError(404, "key not found");
    return key;
  }

  function show(key: HeadscaleKey): Record<string, unknown> {
    const { reusable, ephemeral, aclTags: tags } = key;
    const lifetime = Date.parse(key.expiration ?? key.createdAt) - Date.parse(key.createdAt);
    return {
      id: identifierOf(key.id),
      keyType: "auth",
      description: descriptions.get(key.id) ?? "",
      created: key.createdAt,
      expires: key.expiration,
      expirySeconds: Math.round(lifetime / 1000),
      invalid: isInvalid(key),
      capabilities: {
        devices: { create: { reusable, ephemeral, preauthorized: true, ...(tags.length > 0 && { tags }) } },
      },
    };
  }
}

function identifierOf(id: string): string {
  return `k${id}CNTRL`;
}

function isInvalid({ expiration, used, reusable }: HeadscaleKey): boolean {
  return (used && !reusable) || (expiration !== null && Date.parse(expiration) <= Date.now());
}
