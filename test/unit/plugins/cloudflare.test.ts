import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { expect } from "chai";
import fc from "fast-check";
import { toCamelCase, toSnakeCase } from "../../../lab/plugins/cloudflare/casing.ts";
import { cloudflareProvider } from "../../../lab/plugins/cloudflare/provider.ts";
import { unknownValue, type Properties } from "../../../lab/plugins/framework/properties.ts";
import { secret } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { startCloudflareApi, token, zone } from "./fixtures/cloudflareApi.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";

const type = "cloudflare:index/dnsRecord:DnsRecord";
const getZone = "cloudflare:index/getZone:getZone";
const inputs = { zoneId: zone.id, name: "photos.example.com", type: "A", content: "192.0.2.1", ttl: 60 };

describe("the Cloudflare stand-in", () => {
  let engine: Engine;
  let api: Awaited<ReturnType<typeof startCloudflareApi>>;

  beforeEach(async () => {
    api = await startCloudflareApi();
    engine = await startEngine(cloudflareProvider("6.22.1"));
    await engine.configure({ apiToken: secret(token), baseUrl: `${api.url}/client/v4` });
  });
  afterEach(async () => {
    engine.stop();
    await api.stop();
  });

  it("has the type token of the SDK's class", () => {
    expect(Reflect.get(DnsRecord, "__pulumiType")).to.equal(type);
  });

  it("reports the missing required fields of a record", async () => {
    const { failures } = await engine.check(type, { content: "192.0.2.1" });
    expect(failures.map((failure) => failure.split(":")[0])).to.deep.equal(["name", "ttl", "type", "zoneId"]);
  });

  it("creates, updates, reads and deletes a record", async () => {
    const { id, state } = await engine.create(type, inputs);
    expect(state).to.include({ ...inputs, proxiable: true, createdOn: "2026-01-01T00:00:00Z", meta: "{}" });
    expect(api.requests[0]?.body).to.deep.equal({
      name: inputs.name,
      type: "A",
      content: "192.0.2.1",
      ttl: 60,
    });

    const news = { ...inputs, content: "192.0.2.2", ttl: 1, proxied: true };
    expect(await engine.update(type, id, state, news)).to.include({ content: "192.0.2.2", proxied: true });
    expect(api.records.get(id)).to.include({ content: "192.0.2.2", proxied: true });

    api.records.set(id, { ...api.records.get(id), content: "192.0.2.3", comment: "by hand" });
    const read = await engine.read(type, id, state, inputs);
    expect(read.inputs).to.deep.equal({ ...inputs, ttl: 1, content: "192.0.2.3" });
    expect(read.state).to.include({ comment: "by hand", zoneId: zone.id });
    expect((await engine.diff(type, inputs, inputs, read.state)).changes).to.deep.equal([
      "content: update",
      "ttl: update",
    ]);

    await engine.delete(type, id, state);
    expect(api.records).to.be.empty;
    expect((await engine.read(type, id, state, inputs)).id).to.equal("");
  });

  it("fails to delete a record that no longer exists", async () => {
    const error = await rejection(engine.delete(type, "gone", { ...inputs }));
    expect(error.message).to.contain("failed to make http request: DELETE").and.to.contain("81044");
  });

  it("ignores fields that the API fills in, and removes those that the program drops", async () => {
    const state = { ...inputs, proxied: false, tags: [], settings: { ipv4Only: false }, comment: "ours" };
    expect((await engine.diff(type, inputs, inputs, state)).changes).to.be.empty;
    const olds = { ...inputs, proxied: false, comment: "ours" };
    expect((await engine.diff(type, olds, inputs, state)).changes).to.deep.equal(["comment: delete"]);
  });

  it("treats a name relative to the zone as equal to the full name", async () => {
    for (const name of ["photos", "@"]) {
      expect((await engine.diff(type, { ...inputs, name }, { ...inputs, name }, inputs)).changes).to.be.empty;
    }
    const { changes } = await engine.diff(type, inputs, { ...inputs, name: "media" }, inputs);
    expect(changes).to.deep.equal(["name: update"]);
  });

  it("refuses a proxied record with a TTL other than 1", async () => {
    const error = await rejection(engine.create(type, { ...inputs, proxied: true }));
    expect(error.message).to.contain("ttl must be set to 1 when `proxied` is true");
    expect(api.requests).to.be.empty;
  });

  it("refuses unknown record types and unknown fields", async () => {
    const { failures } = await engine.check(type, { ...inputs, type: "AX", unheardOf: 1, data: {} });
    expect(failures.map((failure) => failure.split(":")[0])).to.deep.equal(["unheardOf", "type", "content"]);
    expect((await engine.check(type, { ...inputs, type: unknownValue })).failures).to.be.empty;
  });

  it("imports a record by zone id and record id", async () => {
    const { id } = await engine.create(type, inputs);
    const imported = await engine.read(type, `${zone.id}/${id}`);
    expect(imported.id).to.equal(id);
    expect(imported.inputs).to.include(inputs);
    expect((await rejection(engine.read(type, id))).message).to.contain('"<zone_id>/<dns_record_id>"');
    expect((await rejection(engine.read(type, `${zone.id}/gone`))).message).to.contain("404");
  });

  it("replaces a record only if its zone or type changes", async () => {
    const news: Properties = { ...inputs, zoneId: "zone2", type: "AAAA", name: "media.example.com" };
    const { replaces } = await engine.diff(type, inputs, news);
    expect(replaces).to.have.members(["zoneId", "type"]);
  });

  it("sends no request in a preview", async () => {
    const { state } = await engine.create(type, inputs, true);
    expect(state).to.include({ ...inputs, createdOn: unknownValue, proxied: unknownValue });
    const updated = await engine.update(type, "id", { ...inputs, proxied: false }, inputs, true);
    expect(updated).to.include({ modifiedOn: unknownValue, proxied: false });
    expect(api.requests).to.be.empty;
  });

  it("finds a zone by its name or its id", async () => {
    for (const args of [{ filter: { name: zone.name } }, { zoneId: zone.id }]) {
      const result = await engine.invoke(getZone, args);
      expect(result).to.deep.include({
        id: zone.id,
        zoneId: zone.id,
        name: zone.name,
        nameServers: zone.name_servers,
      });
    }
  });

  it("lists the zones that the token may see, page by page", async () => {
    const { results } = await engine.invoke("cloudflare:index/getZones:getZones", { maxItems: 10 });
    expect(results).to.deep.equal([
      { id: zone.id, name: zone.name, status: "active", nameServers: zone.name_servers },
    ]);
    expect(api.requests.map(({ path }) => /\bpage=(\d)/.exec(path)?.[1])).to.deep.equal(["1", "2"]);
  });

  it("lists records with the fields that the SDK declares", async () => {
    const { id } = await engine.create(type, inputs);
    const { results } = await engine.invoke("cloudflare:index/getDnsRecords:getDnsRecords", {
      zoneId: zone.id,
    });
    const { zoneId, ...others } = inputs;
    const times = { createdOn: "2026-01-01T00:00:00Z", modifiedOn: "2026-01-01T00:00:00Z" };
    expect(zoneId).to.equal(zone.id);
    expect(results).to.deep.equal([{ ...others, ...times, id, proxiable: true, meta: "{}" }]);
  });

  it("reports a zone that does not exist", async () => {
    const error = await rejection(engine.invoke(getZone, { filter: { name: "example.org" } }));
    expect(error.message).to.contain("failed to find exactly one result: 0 found");
    // Logged by the official plugin's bridge, too.
    expect(engine.logs).to.deep.equal([
      { severity: "error", message: "[ERROR] 0 found: failed to find exactly one result" },
    ]);
  });

  it("reports the API's error without the token", async () => {
    const wrong = "w".repeat(40);
    await engine.configure({ apiToken: wrong, baseUrl: `${api.url}/client/v4/` });
    const error = await rejection(engine.create(type, inputs));
    expect(error.message).to.contain("failed to make http request: POST").and.to.contain("403 Forbidden");
    expect(error.message).to.contain("9109").and.not.to.contain(wrong);
  });

  it("reads its arguments from the environment too", async () => {
    process.env.CLOUDFLARE_API_TOKEN = token;
    process.env.CLOUDFLARE_BASE_URL = `${api.url}/client/v4`;
    try {
      await engine.configure({});
      expect(await engine.invoke(getZone, { zoneId: zone.id })).to.include({ id: zone.id });
    } finally {
      delete process.env.CLOUDFLARE_API_TOKEN;
      delete process.env.CLOUDFLARE_BASE_URL;
    }
  });

  it("converts field names to snake case and back", () => {
    expect(toSnakeCase({ nameServers: [{ createdOn: 1 }] })).to.deep.equal({
      name_servers: [{ created_on: 1 }],
    });
    const names = fc.stringMatching(/^[a-z]+([A-Z][a-z]+){0,3}$/);
    fc.assert(
      fc.property(fc.dictionary(names, fc.integer()), (object) => {
        expect(toCamelCase(toSnakeCase(object))).to.deep.equal(object);
      }),
    );
  });
});
