import { expect } from "chai";
import type { Properties } from "../../../lab/plugins/framework/properties.ts";
import { parseDuration } from "../../../lab/plugins/tailscale/duration.ts";
import { tailscaleProvider } from "../../../lab/plugins/tailscale/provider.ts";
import { basicAuthorization, startHttpApi, type HttpApi } from "../httpApi.ts";
import { secret } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";

const getDevice = "tailscale:index/getDevice:getDevice";
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

  beforeEach(async () => {
    devices = [vps];
    api = await startHttpApi(({ path, headers }) => {
      if (path === "/api/v2/oauth/token") return [200, { access_token: "granted" }];
      if (headers.authorization === basicAuthorization("refused")) return [403, { message: "not allowed" }];
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

  it("finds a device by its host name or its full name", async () => {
    await engine.configure({ apiKey: secret("tskey-api-1"), baseUrl: api.url });
    devices = [{ ...vps, id: "2", name: "home.tail1.ts.net", hostname: "home" }, vps];
    for (const args of [{ hostname: "vps" }, { name: "vps.tail1.ts.net" }]) {
      const device = await engine.invoke(getDevice, args);
      expect(device).to.deep.include({ ...vps, tags: [], authorized: false, lastSeen: "" });
    }
    expect(api.requests[0]?.headers.authorization).to.equal(basicAuthorization("tskey-api-1"));
  });

  it("requests a token only once with OAuth credentials", async () => {
    await engine.configure({ oauthClientId: "id", oauthClientSecret: "tskey-client-id-s", baseUrl: api.url });
    await engine.invoke(getDevice, { hostname: "vps" });
    await engine.invoke(getDevice, { hostname: "vps" });
    expect(api.requests.map(({ method }) => method)).to.deep.equal(["POST", "GET", "GET"]);
    expect(api.requests[0]?.body).to.equal("grant_type=client_credentials");
    expect(api.requests[1]?.headers.authorization).to.equal("Bearer granted");
  });

  it("waits for a device that appears later", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    devices = [];
    setTimeout(() => (devices = [vps]), 200);
    const device = await engine.invoke(getDevice, { hostname: "vps", waitFor: "5s" });
    expect(device).to.include({ id: "1", waitFor: "5s" });
  });

  it("reports the name of a missing device", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    const error = await rejection(engine.invoke(getDevice, { hostname: "home" }));
    expect(error.message).to.contain('Failed to fetch devices: could not find device with hostname="home"');
  });

  it("reports an API error without a retry", async () => {
    await engine.configure({ apiKey: "refused", baseUrl: api.url });
    const error = await rejection(engine.invoke(getDevice, { hostname: "vps" }));
    expect(error.message).to.contain("Failed to fetch devices: not allowed (403)");
    expect(api.requests).to.have.length(1);
  });

  it("requires exactly one name and one kind of credentials", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    for (const args of [{}, { name: vps.name, hostname: vps.hostname }]) {
      const { message } = await rejection(engine.invoke(getDevice, args));
      expect(message).to.contain("exactly one of name and hostname");
    }
    const configure = async (args: Properties) => (await rejection(engine.configure(args))).message;
    expect(await configure({})).to.contain("credentials are empty");
    expect(await configure({ apiKey: "k", oauthClientSecret: "s" })).to.contain("conflicting");
    expect(await configure({ oauthClientSecret: "tskey-client-id-s" })).to.contain("lack 'oauth_client_id'");
  });

  it("parses durations in Go's format", () => {
    expect(parseDuration("90s")).to.equal(90_000);
    expect(parseDuration("1m30s")).to.equal(90_000);
    expect(parseDuration("1.5h")).to.equal(5_400_000);
    expect(parseDuration("250ms")).to.equal(250);
    expect(() => parseDuration("60")).to.throw('not a duration: "60"');
  });
});
