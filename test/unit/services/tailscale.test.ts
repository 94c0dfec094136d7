import { expect } from "chai";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { createTailscale } from "../../../lab/services/tailscale/app.ts";
import type { Device } from "../../../lab/services/tailscale/device.ts";
import { basicAuthorization as basic } from "../httpApi.ts";
import { FakeHeadscale, node } from "./fakeHeadscale.ts";

const api = "/api/v2";
const tailnet = `${api}/tailnet/-`;
const apiKey = "tskey-api-unit";
const policy = `{
  // who owns what
  "tagOwners": { "tag:home": ["lab@"], "tag:vps": ["tag:home"] },
  "acls": [{ "action": "accept", "src": ["tag:vps"], "dst": ["tag:home:8080-8100"] }],
}`;

describe("the simulated Tailscale", () => {
  let headscale: FakeHeadscale;
  let app: FastifyInstance;
  let lines: string[];
  let now: number;

  beforeEach(async () => {
    headscale = new FakeHeadscale();
    lines = [];
    now = 0;
    headscale.policy = policy;
    headscale.nodes = [
      node("1", "home", { forcedTags: ["tag:home"] }),
      node("2", "vps", { online: false, expiry: "2026-05-22T09:00:00Z", availableRoutes: ["10.0.0.0/8"] }),
    ];
    app = createTailscale({
      headscale: { url: await headscale.start(), apiKey: headscale.apiKey },
      tokens: () => ({
        apiKeys: [apiKey],
        oauthClients: [
          { id: "all", secret: "s1", scopes: ["all"], tags: ["tag:home"] },
          { id: "reader", secret: "s2", scopes: ["devices:core:read", "policy_file:read"], tags: [] },
        ],
      }),
      tailnet: "tail.lab.test",
      user: "lab",
      log: (line) => lines.push(line),
      now: () => now,
    });
  });
  afterEach(() => headscale.stop());

  async function call(
    method: string,
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const options = { method, url, payload, headers: { authorization: basic(apiKey), ...headers } };
    return app.inject(options as InjectOptions);
  }

  async function token(id: string, secret: string, scope?: string): Promise<LightMyRequestResponse> {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: id,
      client_secret: secret,
    });
    if (scope !== undefined) form.set("scope", scope);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return app.inject({ method: "POST", url: `${api}/oauth/token`, headers, payload: form.toString() });
  }

  async function bearer(id: string, secret: string): Promise<{ authorization: string }> {
    const { access_token } = (await token(id, secret)).json<{ access_token: string }>();
    return { authorization: `Bearer ${access_token}` };
  }

  function expectError(response: LightMyRequestResponse, status: number, message: string | RegExp): void {
    expect(response.statusCode, response.body).to.equal(status);
    const body = response.json<{ message: string }>();
    expect(Object.keys(body)).to.deep.equal(["message"]);
    if (typeof message === "string") expect(body.message).to.equal(message);
    else expect(body.message).to.match(message);
  }

  async function devices(query = ""): Promise<Device[]> {
    return (await call("GET", `${tailnet}/devices${query}`)).json<{ devices: Device[] }>().devices;
  }

  describe("access control", () => {
    it("accepts an API key as a bearer token or as a Basic user", async () => {
      for (const authorization of [`Bearer ${apiKey}`, basic(apiKey)]) {
        expect((await call("GET", `${tailnet}/devices`, undefined, { authorization })).statusCode).to.equal(
          200,
        );
      }
    });

    const invalid = ["", "Bearer wrong", basic("wrong"), basic("", apiKey), "Basic !", apiKey];
    for (const authorization of invalid) {
      it(`refuses the credentials "${authorization}"`, async () => {
        expectError(
          await call("GET", `${tailnet}/devices`, undefined, { authorization }),
          401,
          "API token invalid",
        );
      });
    }

    it("issues a token for an hour, by form or by Basic authentication", async () => {
      const answer = (await token("all", "s1")).json<Record<string, unknown>>();
      expect(answer).to.include({ token_type: "Bearer", expires_in: 3600, scope: "all" });
      const headers = {
        authorization: basic("reader", "s2"),
        "content-type": "application/x-www-form-urlencoded",
      };
      const other = await call("POST", `${api}/oauth/token`, "grant_type=client_credentials", headers);
      expect(other.statusCode).to.equal(200);

      const authorization = `Bearer ${String(answer.access_token)}`;
      now = 3_599_999;
      expect((await call("GET", `${tailnet}/devices`, undefined, { authorization })).statusCode).to.equal(
        200,
      );
      now = 3_600_000;
      expectError(
        await call("GET", `${tailnet}/devices`, undefined, { authorization }),
        401,
        "API token invalid",
      );
    });

    it("refuses a wrong client secret and scopes beyond the client's", async () => {
      expectError(await token("all", "s2"), 401, "API token invalid");
      expectError(
        await token("reader", "s2", "auth_keys"),
        403,
        'OAuth client cannot grant scopes "auth_keys"',
      );
    });

    const needed: [string, string, number][] = [
      ["GET", `${tailnet}/devices`, 200],
      ["GET", `${tailnet}/acl`, 200],
      ["POST", `${tailnet}/acl`, 403],
      ["POST", `${api}/device/1/expire`, 403],
      ["DELETE", `${api}/device/1`, 403],
      ["GET", `${tailnet}/keys`, 403],
    ];
    for (const [method, url, status] of needed) {
      it(`answers a reader's ${method} ${url} with ${status}`, async () => {
        const response = await call(method, url, undefined, await bearer("reader", "s2"));
        if (status === 200) expect(response.statusCode).to.equal(200);
        else
          expectError(
            response,
            403,
            "calling actor does not have enough permissions to perform this function",
          );
      });
    }

    it("knows only its own tailnet", async () => {
      expect((await call("GET", `${api}/tailnet/tail.lab.test/devices`)).statusCode).to.equal(200);
      expectError(await call("GET", `${api}/tailnet/other.example/devices`), 404, "tailnet not found");
      expectError(await call("GET", `${api}/nothing`), 404, "404 page not found");
    });

    it("keeps keys out of its log and its error messages", async () => {
      headscale.broken = { status: 401, body: "Unauthorized" };
      expectError(await call("GET", `${tailnet}/devices?name=secret`), 500, "internal server error");
      expect(lines).to.have.length(2);
      expect(lines[0]).to.equal("control server: Unauthorized");
      expect(lines[1]).to.match(/^\S+Z GET \/api\/v2\/tailnet\/-\/devices 500 [\d.]+ms$/);
    });
  });

  describe("devices endpoint", () => {
    it("returns the documented fields of a device", async () => {
      const [home, vps] = await devices();
      expect(home).to.deep.include({
        id: "1",
        nodeId: "n1CNTRL",
        name: "home.tail.lab.test",
        hostname: "home",
        addresses: ["100.64.0.1", "fd7a:115c:a1e0::1"],
        user: "lab",
        tags: ["tag:home"],
        authorized: true,
        connectedToControl: true,
        keyExpiryDisabled: true,
        expires: "0001-01-01T00:00:00Z",
        os: "linux",
      });
      expect(home).not.to.have.any.keys("lastSeen", "advertisedRoutes");
      expect(vps).to.include({ keyExpiryDisabled: false, lastSeen: "2025-11-23T10:00:00Z" });
      expect(vps).not.to.have.property("tags");
    });

    it("filters devices, and adds all other fields on request", async () => {
      const names = async (query: string): Promise<string[]> =>
        (await devices(query)).map(({ hostname }) => hostname);
      expect(await names("?hostname=vps")).to.deep.equal(["vps"]);
      expect(await names("?name=home.tail.lab.test&tags=tag:home")).to.deep.equal(["home"]);
      expect(await names("?hostname=vps&hostname=home")).to.deep.equal(["home", "vps"]);
      expect(await names("?connectedToControl=false")).to.deep.equal(["vps"]);
      expect(await names("?name=home")).to.deep.equal([]);
      expect((await devices("?fields=all&hostname=vps"))[0]?.advertisedRoutes).to.deep.equal(["10.0.0.0/8"]);
      expectError(
        await call("GET", `${tailnet}/devices?hostnaem=vps`),
        400,
        /^unsupported filter "hostnaem"/,
      );
    });

    it("finds a device by either identifier", async () => {
      for (const id of ["2", "n2CNTRL"]) {
        expect((await call("GET", `${api}/device/${id}`)).json<Device>().hostname).to.equal("vps");
      }
      for (const id of ["3", "n3CNTRL", "vps", "n2"]) {
        expectError(await call("GET", `${api}/device/${id}`), 404, "no such device");
      }
    });

    it("expires and deletes a device", async () => {
      expect((await call("POST", `${api}/device/1/expire`)).statusCode).to.equal(200);
      expect(headscale.nodes[0]?.expiry).to.be.a("string");
      const deleted = await call("DELETE", `${api}/device/n1CNTRL`, undefined, {
        "content-type": "application/json",
      });
      expect(deleted).to.include({ statusCode: 200, body: "" });
      expect(headscale.nodes.map(({ id }) => id)).to.deep.equal(["2"]);
      expectError(await call("DELETE", `${api}/device/1`), 404, "no such device");
    });

    it("sets only tags that the policy defines", async () => {
      expect((await call("POST", `${api}/device/2/tags`, { tags: ["tag:vps"] })).json()).to.deep.equal({});
      expect(headscale.nodes[1]?.forcedTags).to.deep.equal(["tag:vps"]);
      const refused = await call("POST", `${api}/device/2/tags`, { tags: ["tag:vps", "tag:x"] });
      expectError(refused, 400, "requested tags [tag:x] are invalid or not permitted");
      expectError(
        await call("POST", `${api}/device/2/tags`, { tags: ["x"] }),
        400,
        /^invalid request body: tags.0 /,
      );
      expectError(await call("POST", `${api}/device/2/tags`, "{"), 400, "invalid request body: not JSON");
    });

    it("accepts a device's current key expiry setting, and no other", async () => {
      expect((await call("POST", `${api}/device/1/key`, { keyExpiryDisabled: true })).statusCode).to.equal(
        200,
      );
      expectError(
        await call("POST", `${api}/device/2/key`, { keyExpiryDisabled: true }),
        501,
        /cannot change the expiry/,
      );
    });
  });

  describe("policy endpoint", () => {
    const acl = `${tailnet}/acl`;
    const open = '{"acls":[{"action":"accept","src":["*"],"dst":["*:*"]}]}';

    it("returns HuJSON with its comments or JSON, under the same ETag", async () => {
      const hujson = await call("GET", acl);
      expect(hujson.headers["content-type"]).to.match(/^application\/hujson/);
      expect(hujson.body).to.equal(policy);
      expect(hujson.headers.etag).to.match(/^"[0-9a-f]{64}"$/);
      const json = await call("GET", acl, undefined, { accept: "application/json" });
      expect(json.headers["content-type"]).to.match(/^application\/json/);
      expect(json.json<Record<string, unknown>>()).to.have.keys("tagOwners", "acls");
      expect(json.headers.etag).to.equal(hujson.headers.etag);
      const details = (await call("GET", `${acl}?details=1`)).json<{ acl: string; errors: null }>();
      expect(Buffer.from(details.acl, "base64").toString()).to.equal(policy);
    });

    it("accepts a write with the current ETag, and refuses an old one", async () => {
      const { etag = "" } = (await call("GET", acl)).headers;
      const first = await call("POST", acl, open, {
        "if-match": etag,
        "content-type": "application/hujson",
      });
      expect(first).to.include({ statusCode: 200, body: open });
      expect(headscale.policy).to.equal(open);
      const second = await call("POST", acl, policy, { "if-match": etag });
      expectError(second, 412, "precondition failed, invalid old hash");
      expect(headscale.policy).to.equal(open);
    });

    it("accepts one of two concurrent writes with the same ETag", async () => {
      const { etag = "" } = (await call("GET", acl)).headers;
      const write = (text: string): Promise<LightMyRequestResponse> =>
        call("POST", acl, text, { "if-match": etag });
      const answers = await Promise.all([write(open), write(`${open} `)]);
      expect(answers.map(({ statusCode }) => statusCode)).to.have.members([200, 412]);
    });

    it('accepts "ts-default" only for an untouched policy', async () => {
      const headers = { "if-match": '"ts-default"' };
      expectError(await call("POST", acl, open, headers), 412, /^precondition failed/);
      expect((await call("POST", acl, "")).statusCode, "back to the default").to.equal(200);
      expect((await call("POST", acl, open, headers)).statusCode).to.equal(200);
      headscale.policy = undefined;
      expect((await call("POST", acl, open, headers)).statusCode, "never set").to.equal(200);
    });

    const refused: [string, string, RegExp][] = [
      ["text that is not HuJSON", "{", /JSON/],
      ["a value that is not an object", '"acls"', /not an object/],
      ["an unknown tag", policy.replace('"tag:vps"]', '"tag:x"]'), /^tag not found: "tag:x"$/],
      ["an unknown group", open.replace('"*"', '"group:x"'), /^group not found: "group:x"$/],
      ["a destination without ports", open.replace("*:*", "100.64.0.1"), /port range is missing/],
      ["an action other than accept", open.replace("accept", "deny"), /accept/],
      ["grants, which cannot be enforced", '{"grants":[]}', /^"grants" cannot be enforced/],
    ];
    for (const [what, text, message] of refused) {
      it(`refuses ${what}`, async () => {
        expectError(await call("POST", acl, text), 400, message);
        expect(headscale.policy).to.equal(policy);
        const validation = await call("POST", `${acl}/validate`, text);
        expect(validation.statusCode).to.equal(200);
        expect(validation.json<{ message: string }>().message).to.match(message);
      });
    }

    it("refuses a list, which is not a policy and whose validation would run tests", async () => {
      expectError(await call("POST", acl, "[]"), 400, "the policy file is not an object");
      expect(headscale.policy).to.equal(policy);
      expectError(await call("POST", `${acl}/validate`, " []"), 501, "running tests is not supported");
    });

    it("passes on errors of the control server", async () => {
      const answer = await call("POST", acl, open.replace('"*"', '"nobody@"'));
      expectError(answer, 400, "setting policy: user not found");
    });

    it("finds no error in a valid policy", async () => {
      expect((await call("POST", `${acl}/validate`, policy)).json()).to.deep.equal({});
    });
  });

  describe("keys endpoint", () => {
    const keys = `${tailnet}/keys`;
    const request = (create: object, rest: object = {}): object => ({
      capabilities: { devices: { create } },
      ...rest,
    });

    it("creates a preauth key, shows its secret once, and revokes it", async () => {
      const rest = { description: "for a test", expirySeconds: 600 };
      const created = await call("POST", keys, request({ reusable: true, tags: ["tag:home"] }, rest));
      expect(created.statusCode, created.body).to.equal(200);
      const key = created.json<Record<string, unknown>>();
      expect(key).to.include({
        id: "k1CNTRL",
        key: "secret-1",
        keyType: "auth",
        expirySeconds: 600,
        invalid: false,
      });
      expect(headscale.users.map(({ name }) => name)).to.deep.equal(["lab"]);

      const shown = (await call("GET", `${keys}/k1CNTRL`)).json<Record<string, unknown>>();
      expect(shown).to.include({ id: "k1CNTRL", description: "for a test" }).and.not.have.property("key");
      expect((await call("GET", keys)).json<{ keys: object[] }>().keys).to.deep.equal([shown]);

      expect((await call("DELETE", `${keys}/k1CNTRL`)).statusCode).to.equal(200);
      expect((await call("GET", `${keys}/k1CNTRL`)).json<object>()).to.include({ invalid: true });
      expect((await call("GET", keys)).json<object>()).to.deep.equal({ keys: [] });
    });

    it("lets a key expire after 90 days by default", async () => {
      const key = (await call("POST", keys, request({}))).json<{ expirySeconds: number }>();
      expect(key.expirySeconds).to.be.closeTo(90 * 24 * 3600, 1);
    });

    it("limits a client to its tags", async () => {
      const headers = await bearer("all", "s1");
      const make = (tags?: string[]): Promise<LightMyRequestResponse> =>
        call("POST", keys, request({ tags }), headers);
      expectError(await make(), 400, "tailnet-owned auth key must have tags set");
      expectError(await make(["tag:x"]), 400, "requested tags [tag:x] are invalid or not permitted");
      expect((await make(["tag:home"])).statusCode, "its own").to.equal(200);
      expect((await make(["tag:vps"])).statusCode, "owned by its own").to.equal(200);
    });

    it("refuses invalid requests and unknown keys", async () => {
      expectError(await call("POST", keys, {}), 400, /^invalid request body: capabilities /);
      expectError(
        await call("POST", keys, request({}, { keyType: "client" })),
        400,
        /^invalid request body: keyType /,
      );
      expectError(await call("POST", keys, request({}, { expirySeconds: 7_776_001 })), 400, /expirySeconds/);
      expectError(await call("GET", `${keys}/k9CNTRL`), 404, "key not found");
    });
  });
});
