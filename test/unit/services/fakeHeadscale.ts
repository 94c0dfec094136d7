import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type {
  HeadscaleKey,
  HeadscaleNode,
  HeadscaleUser,
  NewKey,
} from "../../../lab/services/tailscale/headscale.ts";

const user: HeadscaleUser = { id: "1", name: "lab", email: "" };

export function node(id: string, name: string, changes: Partial<HeadscaleNode> = {}): HeadscaleNode {
  return {
    id,
    machineKey: `mkey:${id}`,
    nodeKey: `nodekey:${id}`,
    ipAddresses: [`100.64.0.${id}`, `fd7a:115c:a1e0::${id}`],
    name,
    givenName: name,
    user,
    lastSeen: "2025-11-23T10:00:00Z",
    expiry: null,
    createdAt: "2025-11-23T09:00:00Z",
    preAuthKey: null,
    forcedTags: [],
    validTags: [],
    online: true,
    approvedRoutes: [],
    availableRoutes: [],
    ...changes,
  };
}

/** Enough of headscale's REST API, in memory, with its ways of refusing. */
export class FakeHeadscale {
  readonly apiKey = "headscale-api-key";
  nodes: HeadscaleNode[] = [];
  users: HeadscaleUser[] = [];
  keys: HeadscaleKey[] = [];
  policy: string | undefined;
  /** Answers every request with this, if set. */
  broken: { status: number; body: string } | undefined;

  readonly #server = createServer((request, response) => {
    const { authorization } = request.headers;
    const answer = async (): Promise<[number, unknown]> => {
      if (this.broken) return [this.broken.status, this.broken.body];
      if (authorization !== `Bearer ${this.apiKey}`) return [401, "Unauthorized"];
      const body = request.headers["content-type"] ? ((await json(request)) as Record<string, unknown>) : {};
      return this.#route(`${request.method ?? ""} ${request.url ?? ""}`, body);
    };
    void answer().then(([status, body]) => {
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #route(route: string, body: Record<string, unknown>): [number, unknown] {
    const [, id, action] = /\/node\/(\d+)\/?(\w*)/.exec(route) ?? [];
    const found = this.nodes.find((candidate) => candidate.id === id);
    switch (route.replace(/\d+/g, "N").replace(/N(?=\/)/, "1")) {
      case "GET /api/v1/node":
        return [200, { nodes: this.nodes }];
      case "GET /api/v1/policy":
        if (this.policy !== undefined) return [200, { policy: this.policy }];
        return [500, { code: 2, message: "loading ACL from database: acl policy not found", details: [] }];
      case "PUT /api/v1/policy": {
        const policy = String(body.policy);
        if (policy.includes("nobody@")) return [500, { code: 2, message: "setting policy: user not found" }];
        this.policy = policy;
        return [200, { policy }];
      }
      case "POST /api/v1/user":
        this.users.push({ ...user, name: String(body.name) });
        return [200, { user: this.users.at(-1) }];
      case "POST /api/v1/preauthkey": {
        const { reusable, ephemeral, expiration, aclTags } = body as unknown as NewKey;
        const createdAt = new Date().toISOString();
        const id = String(this.keys.length + 1);
        const key = {
          user,
          id,
          key: `secret-${id}`,
          used: false,
          reusable,
          ephemeral,
          expiration,
          createdAt,
          aclTags,
        };
        this.keys.push(key);
        return [200, { preAuthKey: key }];
      }
      case "POST /api/v1/preauthkey/expire": {
        const key = this.keys.find((candidate) => candidate.key === body.key);
        if (key) key.expiration = new Date(Date.now() - 1).toISOString();
        return [200, {}];
      }
    }
    if (route.startsWith("GET /api/v1/user?name=")) {
      return [200, { users: this.users.filter(({ name }) => route.endsWith(`=${name}`)) }];
    }
    if (route.startsWith("GET /api/v1/preauthkey?user=")) return [200, { preAuthKeys: this.keys }];
    if (!found) return [404, { code: 5, message: `Not Found: ${route}` }];
    if (route.startsWith("DELETE")) this.nodes = this.nodes.filter((candidate) => candidate !== found);
    if (action === "tags") found.forcedTags = body.tags as string[];
    if (action === "expire") found.expiry = "2025-11-23T10:00:00Z";
    return [200, { node: found }];
  }
}
