import type {
  HeadscaleKey,
  HeadscaleNode,
  HeadscaleUser,
  NewKey,
} from "../../../lab/services/tailscale/headscale.ts";
import { startHttpApi, type Answer, type HttpApi, type RecordedRequest } from "../httpApi.ts";

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

/** The part of headscale's REST API that the service uses, in memory, with headscale's error responses. */
export class FakeHeadscale {
  readonly apiKey = "headscale-api-key";
  nodes: HeadscaleNode[] = [];
  users: HeadscaleUser[] = [];
  keys: HeadscaleKey[] = [];
  policy: string | undefined;
  /** Answers every request with this, if set. */
  broken: { status: number; body: string } | undefined;
  #api: HttpApi | undefined;

  async start(): Promise<string> {
    this.#api = await startHttpApi((request) => this.#answer(request));
    return this.#api.url;
  }

  async stop(): Promise<void> {
    await this.#api?.stop();
  }

  #answer({ method, path, headers, body }: RecordedRequest): Answer {
    if (this.broken) return [this.broken.status, this.broken.body];
    if (headers.authorization !== `Bearer ${this.apiKey}`) return [401, "Unauthorized"];
    return this.#route(`${method} ${path}`, body as Record<string, unknown>);
  }

  #route(route: string, body: Record<string, unknown>): Answer {
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
