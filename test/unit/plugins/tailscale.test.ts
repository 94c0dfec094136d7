import { expect } from "chai";
import { parseDuration } from "../../../lab/plugins/tailscale/duration.ts";
import { tailscaleProvider } from "../../../lab/plugins/tailscale/provider.ts";
import { secret, startEngine, type Engine } from "./fixtures/engine.ts";
import { startHttpApi, type HttpApi } from "./fixtures/httpApi.ts";
import { rejection } from "./fixtures/rejection.ts";

const getDevice = "tailscale:index/getDevice:getDevice";
const vps = {
  id: "1",
  nodeId: "n1",
  name: "vps.tail1.ts.net",
  hostname: "vps",
  addresses: ["100.64.0.1"],
  os: "linux",
};

describe("tailscale", () => {
  let engine: Engine;
  let api: HttpApi;
  let devices: unknown[];

  beforeEach(async () => {
    devices = [vps];
    api = await startHttpApi(({ path }) => {
      if (path === "/api/v2/oauth/token") return [200, { access_token: "granted" }];
      return path === "/api/v2/tailnet/-/devices" ? [200, { devices }] : [404, { message: "not found" }];
    });
    engine = await startEngine(tailscaleProvider("0.29.1"));
  });
  afterEach(async () => {
    engine.stop();
    await api.stop();
  });

  it("finds a device by its host name or its full name", async () => {
    await engine.configure({ apiKey: secret("tskey-api-1"), baseUrl: api.url });
    for (const args of [{ hostname: "vps" }, { name: "vps.tail1.ts.net" }]) {
      const device = await engine.invoke(getDevice, args);
      expect(device).to.deep.include({ ...vps, tags: [], authorized: false, lastSeen: "" });
    }
    const authorization = `Basic ${Buffer.from("tskey-api-1:").toString("base64")}`;
    expect(api.requests[0]?.headers.authorization).to.equal(authorization);
  });

  it("asks for a token with OAuth credentials, once", async () => {
    await engine.configure({ oauthClientId: "id", oauthClientSecret: "tskey-client-id-s", baseUrl: api.url });
    await engine.invoke(getDevice, { hostname: "vps" });
    await engine.invoke(getDevice, { hostname: "vps" });
    expect(api.requests.map(({ method }) => method)).to.deep.equal(["POST", "GET", "GET"]);
    expect(api.requests[0]?.body).to.equal("grant_type=client_credentials");
    expect(api.requests[1]?.headers.authorization).to.equal("Bearer granted");
  });

  it("waits for a device that is to come", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    devices = [];
    setTimeout(() => (devices = [vps]), 200);
    const device = await engine.invoke(getDevice, { hostname: "vps", waitFor: "5s" });
    expect(device).to.include({ id: "1", waitFor: "5s" });
  });

  it("names the device that is not there", async () => {
    await engine.configure({ apiKey: "k", baseUrl: api.url });
    const error = await rejection(engine.invoke(getDevice, { hostname: "home" }));
    expect(error.message).to.contain('could not find device with name="home"');
  });

  it("wants exactly one name, and credentials of one kind", async () => {
    await engine.configure({ baseUrl: api.url });
    expect((await rejection(engine.invoke(getDevice, {}))).message).to.contain(
      "exactly one of name and hostname",
    );
    expect((await rejection(engine.invoke(getDevice, { hostname: "vps" }))).message).to.contain(
      "no credentials",
    );
    const both = await rejection(engine.configure({ apiKey: "k", oauthClientSecret: "s" }));
    expect(both.message).to.contain("keep one of them");
  });

  it("reads durations as Go writes them", () => {
    expect(parseDuration("90s")).to.equal(90_000);
    expect(parseDuration("1m30s")).to.equal(90_000);
    expect(parseDuration("1.5h")).to.equal(5_400_000);
    expect(parseDuration("250ms")).to.equal(250);
    expect(() => parseDuration("60")).to.throw('not a duration: "60"');
  });
});
