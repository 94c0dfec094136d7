import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ApiError } from "./apiError.ts";
import { authorize, type Context, parseBody } from "./context.ts";
import { isNode, parseFields, parseFilters, toDevice } from "./device.ts";
import type { HeadscaleNode } from "./headscale.ts";
import { checkTags } from "./tags.ts";

interface ListRoute {
  Querystring: Record<string, string | string[]>;
}

interface DeviceRoute {
  Params: { device: string };
  Querystring: Record<string, string | string[]>;
}

/** https://tailscale.com/api#tag/devices */
export function deviceRoutes(app: FastifyInstance, context: Context): void {
  const { headscale, policyFile, tailnet } = context;
  const path = "/api/v2/device/:device";

  app.get<ListRoute>("/api/v2/tailnet/:tailnet/devices", async (request) => {
    authorize(context, request, "devices:core:read");
    const wanted = parseFilters(request.query);
    const fields = parseFields(request.query.fields);
    const nodes = await headscale.nodes();
    return { devices: nodes.map((node) => toDevice(node, tailnet, fields)).filter(wanted) };
  });

  app.get<DeviceRoute>(path, async (request) => {
    authorize(context, request, "devices:core:read");
    return toDevice(await find(request.params.device), tailnet, parseFields(request.query.fields));
  });

  app.delete<DeviceRoute>(path, async (request, reply) => {
    authorize(context, request, "devices:core");
    await headscale.deleteNode((await find(request.params.device)).id);
    return reply.send();
  });

  app.post<DeviceRoute>(`${path}/expire`, async (request, reply) => {
    authorize(context, request, "devices:core");
    await headscale.expireNode((await find(request.params.device)).id);
    return reply.send();
  });

  app.post<DeviceRoute>(`${path}/tags`, async (request) => {
    const actor = authorize(context, request, "devices:core");
    const { tags } = parseBody(request, z.object({ tags: z.array(z.string().startsWith("tag:")) }));
    const node = await find(request.params.device);
    checkTags(tags, await policyFile.parse(), actor);
    await headscale.setTags(node.id, tags);
    return {};
  });

  app.post<DeviceRoute>(`${path}/key`, async (request) => {
    authorize(context, request, "devices:core");
    const { keyExpiryDisabled } = parseBody(request, z.object({ keyExpiryDisabled: z.boolean() }));
    const device = toDevice(await find(request.params.device), tailnet);
    // headscale 0.26 sets the expiry when a node registers, and has no call to change it.
    if (device.keyExpiryDisabled !== keyExpiryDisabled) {
      throw new ApiError(501, "the control server cannot change the expiry of a registered device's key");
    }
    return {};
  });

  async function find(identifier: string): Promise<HeadscaleNode> {
    const node = (await headscale.nodes()).find((candidate) => isNode(candidate, identifier));
    if (!node) throw new ApiError(404, "no such device");
    return node;
  }
}
