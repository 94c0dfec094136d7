import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { text } from "node:stream/consumers";

/** A node of headscale's REST API; 64-bit numbers are strings in its JSON. */
export interface HeadscaleNode {
  id: string;
  machineKey: string;
  nodeKey: string;
  /** The IPv4 address comes first. */
  ipAddresses: string[];
  /** The host name that the machine reports. */
  name: string;
  /** The first label of the node's name in the tailnet. */
  givenName: string;
  user: HeadscaleUser;
  lastSeen: string | null;
  expiry: string | null;
  createdAt: string;
  preAuthKey: HeadscaleKey | null;
  forcedTags: string[];
  validTags: string[];
  online: boolean;
  approvedRoutes: string[];
  availableRoutes: string[];
}

export interface HeadscaleUser {
  id: string;
  name: string;
  email: string;
}

export interface HeadscaleKey {
  user: HeadscaleUser | null;
  id: string;
  key: string;
  reusable: boolean;
  ephemeral: boolean;
  used: boolean;
  expiration: string | null;
  createdAt: string;
  aclTags: string[];
}

export interface NewKey {
  /** Id of the owner. */
  user: string;
  reusable: boolean;
  ephemeral: boolean;
  /** RFC 3339. */
  expiration: string;
  aclTags: string[];
}

export interface HeadscaleOptions {
  /** The control server, without a path. */
  url: string;
  /** A key from `headscale apikeys create`. */
  apiKey: string;
  /** PEM of the authority that signed the control server's certificate. @default the system's */
  ca?: string;
}

/** The control server refused the request. */
export class HeadscaleError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HeadscaleError";
    this.status = status;
  }
}

/** The parts of headscale 0.26's REST API that the service needs: https://headscale.net/stable/ref/remote-cli/ */
export class Headscale {
  readonly #options: HeadscaleOptions;

  constructor(options: HeadscaleOptions) {
    this.#options = options;
  }

  async nodes(): Promise<HeadscaleNode[]> {
    return (await this.#call<{ nodes: HeadscaleNode[] }>("GET", "node")).nodes;
  }

  async setTags(node: string, tags: readonly string[]): Promise<void> {
    await this.#call("POST", `node/${node}/tags`, { tags });
  }

  async expireNode(node: string): Promise<void> {
    await this.#call("POST", `node/${node}/expire`);
  }

  async deleteNode(node: string): Promise<void> {
    await this.#call("DELETE", `node/${node}`);
  }

  /** HuJSON; undefined if none was set. It requires `policy.mode: database`. */
  async policy(): Promise<string | undefined> {
    try {
      return (await this.#call<{ policy: string }>("GET", "policy")).policy;
    } catch (error) {
      if (error instanceof HeadscaleError && error.message.includes("acl policy not found")) return undefined;
      throw error;
    }
  }

  async setPolicy(policy: string): Promise<void> {
    await this.#call("PUT", "policy", { policy });
  }

  /** The user with this name, created if missing. */
  async ensureUser(name: string): Promise<HeadscaleUser> {
    const query = `user?name=${encodeURIComponent(name)}`;
    const { users } = await this.#call<{ users: HeadscaleUser[] }>("GET", query);
    return users[0] ?? (await this.#call<{ user: HeadscaleUser }>("POST", "user", { name })).user;
  }

  async keys(user: string): Promise<HeadscaleKey[]> {
    return (await this.#call<{ preAuthKeys: HeadscaleKey[] }>("GET", `preauthkey?user=${user}`)).preAuthKeys;
  }

  async createKey(key: NewKey): Promise<HeadscaleKey> {
    return (await this.#call<{ preAuthKey: HeadscaleKey }>("POST", "preauthkey", key)).preAuthKey;
  }

  async expireKey(user: string, key: string): Promise<void> {
    await this.#call("POST", "preauthkey/expire", { user, key });
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await this.#send(method, path, body);
    if (status === 200) return JSON.parse(text) as T;
    throw new HeadscaleError(status, messageOf(text));
  }

  // Not fetch, which has no option for a certificate authority.
  #send(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
    const { url, apiKey, ca } = this.#options;
    const target = new URL(`/api/v1/${path}`, url);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(payload !== undefined && { "content-type": "application/json" }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, timeout: 10_000 };
      const request =
        target.protocol === "https:" ? requestTls(target, { ...options, ca }) : requestPlain(target, options);
      request.once("response", (response) => {
        text(response).then((text) => {
          resolve({ status: response.statusCode ?? 0, text });
        }, reject);
      });
      request.once("timeout", () =>
        request.destroy(new Error(`${target.origin} did not answer within 10 s`)),
      );
      request.once("error", reject);
      request.end(payload);
    });
  }
}

/** `{code, message, details}` from the gateway, or plain text from a server in front of it. */
function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text;
  }
}
