import { expect } from "chai";
import type { Properties } from "../../../lab/plugins/framework/properties.ts";
import { tailscaleProvider } from "../../../lab/plugins/tailscale/provider.ts";
import { basicAuthorization, startHttpApi, type HttpApi } from "../httpApi.ts";
import { secret } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";

const getDevices = "tailscale:index/getDevices:getDevices";
const getAcl = "tailscale:index/getAcl:getAcl";
const acl = "tailscale:index/acl:Acl";
const policy = '{ // Mine.\n "acls": [],\n}\n';
const vps = {
  id: "1",
  nodeId: "n1",
  name: "vps.tail1.ts.net",
  hostname: "vps",
  addresses: ["100.64.0.1"],
  os: "linux",
};

describe("the Tailscale stand-in", () => {
  let engine: Engine;
  let api: HttpApi;
  let devices: (typeof vps)[];
  let isDefault: boolean;

  beforeEach(async () => {
    devices = [vps];
    isDefault = true;
    api = await startHttpApi(({ method, path, headers, body }) => {
      if (path === "/api/v2/oauth/token") return [200, { access_token: "granted" }];
      if (headers.authorization === basicAuthorization("refused")) return [403, { message: "not allowed" }];
      if (path === "/api/v2/tailnet/-/acl") {
        if (method === "GET") return [200, policy];
        if (headers["if-match"] === '"ts-default"' && !isDefault)
          return [412, { message: "precondition failed, invalid old hash" }];
        if (JSON.stringify(body).includes("wrong")) return [400, { message: "line 1, column 1: wrong" }];
        return [200, ""];
      }
      const { pathname, searchParams } = new URL(path, "http://api");
      if (pathname !== "/api/v2/tailnet/-/devices") return [404, { message: "not found" }];
      const wanted = [...searchParams] as [keyof typeof vps, string][];
      return [
        200,
        { devices: devices.filter((device) => wanted.every(([name, value]) => device[name] === value)) },
      ];
    });
    engine = await startEngine(tailscaleProvider("0.29.1"));
  });
  afterEach(async () => {
    engine.stop();
    await api.stop();
  });

  it("lists all devices, or those that a filter or the beginning of a name selects", async () => {
    await engine.configure({ apiKey: secret("tskey-api-1"), baseUrl: api.url });
    devices = [{ ...vps, id: "2", name: "home.tail1.ts.net", hostname: "home" }, vps];
    const ids = async (args: Properties) => {
      const { devices: found } = await engine.invoke(getDevices, args);
      return (found as Properties[]).map(({ id }) => id);
    };
    expect(await ids({})).to.deep.equal(["2", "1"]);
    expect(await ids({ filters: [{ name: "hostname", values: ["vps"] }] })).to.deep.equal(["1"]);
    expect(await ids({ namePrefix: "home." })).to.deep.equal(["2"]);
    const { devices: all } = (await engine.invoke(getDevices, {})) as { devices: Properties[] };
    expect(all[1]).to.deep.include({ ...vps, tags: [], authorized: false, lastSeen: "" });
    expect(api.requests[0]?.headers.authorization).to.equal(basicAuthorization("tskey-api-1"));
  });

  it("requests a token only once with OAuth credentials", async () => {
    await engine.configure({ oauthClientId: "id", oauthClientSecret: "tskey-client-id-s", baseUrl: api.url });
    await engine.invoke(getDevices, {});
    await engine.invoke(getDevices, {});
    expect(api.requests.map(({ method }) => method)).to.deep.equal(["POST", "GET", "GET"]);
    expect(api.requests[0]?.body).to.equal("grant_type=client_credentials");
    expect(api.requests[1]?.headers.authorization).to.equal("Bearer granted");
  });

  it("reports an API error without a retry", async () => {
    await engine.configure({ apiKey: "refused", baseUrl: api.url });
    const error = await rejection(engine.invoke(getDevices, {}));
    expect(error.message).to.contain("Failed to fetch devices: not allowed (403)");
    // Logged by the official plugin's bridge, too.
    expect(engine.logs).to.deep.equal([
      { severity: "error", message: "[ERROR] not allowed (403): Failed to fetch devices" },
    ]);
    expect(api.requests).to.have.length(1);
  });

  it("reads the policy file, in HuJSON and as JSON", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    expect(await engine.invoke(getAcl, {})).to.include({ hujson: policy, json: '{"acls":[]}' });
    await engine.configure({ apiKey: "refused", baseUrl: api.url });
    const error = await rejection(engine.invoke(getAcl, {}));
    expect(error.message).to.contain("Failed to fetch ACL: not allowed (403)");
  });

  it("creates a policy only in place of the default one, unless it may overwrite", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    expect((await engine.create(acl, { acl: "{}" })).state).to.deep.equal({ acl: "{}" });
    expect(api.requests.at(-1)?.headers).to.include({
      "if-match": '"ts-default"',
      "content-type": "application/hujson",
    });
    isDefault = false;
    const error = await rejection(engine.create(acl, { acl: "{}" }));
    expect(error.message).to.contain(
      "Overwrite Protected: You are trying to overwrite a non-default policy.",
    );
    await engine.create(acl, { acl: "{}", overwriteExistingContent: true });
    expect(api.requests.at(-1)?.headers).not.to.have.property("if-match");
  });

  it("updates any policy, resets it only on request, and reads it on a refresh", async () => {
    isDefault = false;
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    expect(await engine.update(acl, "1", { acl: "{}" }, { acl: "{} " })).to.deep.equal({ acl: "{} " });
    const sent = api.requests.length;
    await engine.delete(acl, "1", { acl: "{}" });
    expect(api.requests).to.have.length(sent);
    await engine.delete(acl, "1", { acl: "{}", resetAclOnDestroy: true });
    expect(api.requests.at(-1)).to.include({ method: "POST", body: "" });
    const read = await engine.read(acl, "1", { acl: "{}", resetAclOnDestroy: true }, { acl: "{}" });
    expect(read).to.deep.include({ id: "1", inputs: { acl: policy } });
    expect(read.state).to.deep.equal({ acl: policy, resetAclOnDestroy: true });
    const diff = await engine.diff(acl, { acl: "{}" }, { acl: "{}" }, { acl: policy });
    expect(diff).to.deep.equal({ changes: ["acl: update"], replaces: [] });
  });

  it("passes on the API's error about a policy, and refuses text that is not HuJSON", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    const error = await rejection(engine.create(acl, { acl: '"wrong"' }));
    expect(error.message).to.contain("Failed to set ACL: line 1, column 1: wrong (400)");
    expect((await engine.check(acl, { acl: "{" })).failures[0]).to.contain(
      "acl: Attribute acl is invalid HuJSON",
    );
    expect((await engine.check(acl, {})).failures).to.deep.equal(["acl: Missing required property 'acl'"]);
  });

  it("requires exactly one kind of credentials", async () => {
    const configure = async (args: Properties) => (await rejection(engine.configure(args))).message;
    expect(await configure({})).to.contain("credentials are empty");
    expect(await configure({ apiKey: "k", oauthClientSecret: "s" })).to.contain("conflicting");
    expect(await configure({ oauthClientSecret: "tskey-client-id-s" })).to.contain("lack 'oauth_client_id'");
  });
});
