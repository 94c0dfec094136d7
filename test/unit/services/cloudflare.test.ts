import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import { expect } from "chai";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { type CloudflareOptions, createCloudflare } from "../../../lab/services/cloudflare/app.ts";
import type { Envelope } from "../../../lab/services/cloudflare/envelope.ts";
import { labZone } from "../../../lab/services/cloudflare/labZone.ts";
import type { DnsRecord } from "../../../lab/services/cloudflare/record.ts";
import { RecordStore } from "../../../lab/services/cloudflare/store.ts";
import { type Permission, type Token, tokenFile } from "../../../lab/services/cloudflare/tokens.ts";
import { zoneId } from "../../../lab/services/cloudflare/zone.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

const token = "a-token_of_40_characters_or_thereabouts0";
const zone = zoneId("lab.test");
const collection = `/client/v4/zones/${zone}/dns_records`;
const unknownId = "0".repeat(32);

describe("the simulated Cloudflare", () => {
  const newDirectory = temporaryDirectories();
  let directory: string;
  let zoneFile: string;
  let runs = 0;
  let lines: string[];
  let app: FastifyInstance;

  function open(state: string, options: Partial<CloudflareOptions> = {}): FastifyInstance {
    const store = new RecordStore({ stateDirectory: join(directory, state), zoneFile, base: labZone });
    const tokens = (): Token[] => [{ token, permissions: ["Zone:Read", "DNS:Edit"] }];
    return createCloudflare({ tokens, store, log: (line) => lines.push(line), ...options });
  }

  before(() => {
    directory = newDirectory();
    zoneFile = join(directory, "zones", "db.lab.test");
  });
  beforeEach(() => {
    lines = [];
    app = open(`state${++runs}`);
  });

  async function call(
    method: string,
    url: string,
    payload?: object | string,
  ): Promise<LightMyRequestResponse> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return app.inject({ method, url, headers, payload } as InjectOptions);
  }

  async function create(record: object): Promise<DnsRecord> {
    const response = await call("POST", collection, record);
    expect(response.statusCode, response.body).to.equal(200);
    return response.json<{ result: DnsRecord }>().result;
  }

  function serial(): number {
    return Number(/ SOA \S+ \S+ (\d+) /.exec(readFileSync(zoneFile, "utf8"))?.[1]);
  }

  function expectError(
    response: LightMyRequestResponse,
    status: number,
    code: number,
    message: string | RegExp,
  ): void {
    expect(response.statusCode, response.body).to.equal(status);
    const { success, result, messages, errors } = response.json<Envelope>();
    expect({ success, result, messages }).to.deep.equal({ success: false, result: null, messages: [] });
    expect(errors[0]?.code).to.equal(code);
    if (typeof message === "string") expect(errors[0]?.message).to.equal(message);
    else expect(errors[0]?.message).to.match(message);
  }

  describe("access control", () => {
    const zones = "/client/v4/zones";
    const verify = "/client/v4/user/tokens/verify";
    const cases: [string, string, Record<string, string>, number, number, string][] = [
      [
        "a request without credentials",
        zones,
        {},
        400,
        9106,
        "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
      ],
      [
        "a global API key",
        zones,
        { "x-auth-key": "k", "x-auth-email": "e" },
        403,
        9103,
        "Unknown X-Auth-Key or X-Auth-Email",
      ],
      [
        "a scheme other than Bearer",
        zones,
        { authorization: "Basic abc" },
        400,
        6003,
        "Invalid request headers",
      ],
      ["a malformed token", zones, { authorization: "Bearer a b" }, 400, 6003, "Invalid request headers"],
      ["an unknown token", zones, { authorization: "Bearer wrong" }, 403, 9109, "Invalid access token"],
      [
        "an unknown token on verification",
        verify,
        { authorization: "Bearer wrong" },
        401,
        1000,
        "Invalid API Token",
      ],
    ];
    for (const [what, url, headers, status, code, message] of cases) {
      it(`refuses ${what} with ${status} and code ${code}`, async () => {
        expectError(await app.inject({ url, headers }), status, code, message);
      });
    }

    it("confirms a valid token", async () => {
      const { success, result, messages } = (await call("GET", verify)).json<Envelope>();
      expect(success).to.equal(true);
      expect(result).to.have.property("status", "active");
      expect(messages[0]).to.deep.equal({ code: 10000, message: "This API Token is valid and active" });
    });

    it("reports the remaining quota, and asks to wait once it is used up", async () => {
      app = open("limited", {
        tokens: () => [{ token, permissions: ["Zone:Read"], rateLimit: { limit: 1, window: 60 } }],
      });
      const first = await call("GET", zones);
      expect(first.statusCode).to.equal(200);
      expect(first.headers).to.include({
        ratelimit: '"default";r=0;t=60',
        "ratelimit-policy": '"default";q=1;w=60',
      });
      expect(first.headers).not.to.have.property("retry-after");
      const refused = await call("GET", zones);
      expectError(refused, 429, 10100, /^More than 1 requests per 60 seconds reached\. Please wait/);
      expect(refused.headers).to.include({ "retry-after": "60" });
    });

    it("counts the requests of each token separately", async () => {
      const other = "b".repeat(40);
      const rateLimit = { limit: 1, window: 60 };
      app = open("separate", {
        tokens: () => [token, other].map((text) => ({ token: text, permissions: ["Zone:Read"], rateLimit })),
      });
      const statuses: number[] = [];
      for (const text of [token, token, other, other]) {
        const headers = { authorization: `Bearer ${text}` };
        statuses.push((await app.inject({ url: zones, headers })).statusCode);
      }
      expect(statuses).to.deep.equal([200, 429, 200, 429]);
    });

    it("resets the quota in the next time window", async () => {
      const limited = { token, permissions: ["Zone:Read" as const], rateLimit: { limit: 1, window: 2 } };
      app = open("windows", { tokens: () => [limited] });
      await app.ready();
      const askAt = async (time: number) => {
        mock.timers.setTime(time);
        const { statusCode, headers } = await call("GET", zones);
        return [statusCode, headers.ratelimit];
      };
      mock.timers.enable({ apis: ["Date"] });
      try {
        expect(await askAt(0)).to.deep.equal([200, '"default";r=0;t=2']);
        expect(await askAt(1999)).to.deep.equal([429, '"default";r=0;t=1']);
        expect(await askAt(2000)).to.deep.equal([200, '"default";r=0;t=2']);
      } finally {
        mock.timers.reset();
      }
    });

    it("allows no request to a user whose quota is used up", async () => {
      app = open("used-up", {
        tokens: () => [{ token, permissions: ["Zone:Read"], rateLimit: { limit: 0, window: 300 } }],
      });
      expect((await call("GET", zones)).statusCode).to.equal(429);
    });

    it("counts unknown routes, and requires a token for them, too", async () => {
      const none = "/client/v4/none";
      expect((await app.inject({ url: none })).json<Envelope>().errors[0]?.code).to.equal(9106);
      const answer = await call("GET", none);
      expect(answer.json<Envelope>().errors[0]?.code).to.equal(7000);
      expect(answer.headers).to.have.property("ratelimit");
    });

    const permitted: [Permission[], number, number, number][] = [
      [["Zone:Read", "DNS:Edit"], 200, 200, 200],
      [["Zone:Read", "DNS:Read"], 200, 200, 403],
      [["Zone:Read"], 200, 403, 403],
      [["DNS:Edit"], 403, 200, 200],
    ];
    for (const [permissions, zone, reading, writing] of permitted) {
      it(`limits a token to ${permissions.join(" and ")}`, async () => {
        app = open(`permitted${++runs}`, { tokens: () => [{ token, permissions }] });
        const answers = [
          await call("GET", `${zones}?name=lab.test`),
          await call("GET", collection),
          await call("POST", collection, { name: "a", type: "A", content: "192.0.2.1" }),
        ];
        expect(answers.map(({ statusCode }) => statusCode)).to.deep.equal([zone, reading, writing]);
        expect(answers.map((answer) => answer.json<Envelope>().errors[0]?.code)).to.deep.equal([
          zone === 403 ? 9109 : undefined,
          reading === 403 ? 10000 : undefined,
          writing === 403 ? 10000 : undefined,
        ]);
        const shown = answers[0]?.json<{ result: { permissions: string[] }[] | null }>().result;
        expect(shown?.map((one) => one.permissions.includes("#dns_records:edit"))).to.deep.equal(
          zone === 403 ? undefined : [writing === 200],
        );
      });
    }

    it("applies changes of the token file without a restart", async () => {
      const path = join(directory, "tokens.json");
      const write = (...tokens: string[]) => {
        writeFileSync(path, JSON.stringify(tokens.map((text) => ({ token: text }))));
      };
      write(token);
      app = open("tokens", { tokens: tokenFile(path) });
      expect((await call("GET", zones)).statusCode).to.equal(200);
      write("b".repeat(40));
      expectError(await call("GET", zones), 403, 9109, "Invalid access token");
    });

    it("logs one line per request, without query, token or body", async () => {
      await call("POST", `${collection}?secret=1`, { name: "a", type: "TXT", content: "hidden" });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(new RegExp(`^\\S+Z POST ${collection} 200 [\\d.]+ms$`));
    });
  });

  describe("zones endpoint", () => {
    it("lists zones and filters them by name", async () => {
      const all = (await call("GET", "/client/v4/zones")).json<Envelope>();
      expect(all.result_info).to.deep.equal({
        page: 1,
        per_page: 20,
        count: 2,
        total_count: 2,
        total_pages: 1,
      });
      const named = (await call("GET", "/client/v4/zones?name=lab.test")).json<{
        result: { id: string }[];
      }>();
      expect(named.result.map(({ id }) => id)).to.deep.equal([zone]);
      const pending = (await call("GET", "/client/v4/zones?status=pending")).json<Envelope>();
      expect(pending.result).to.have.nested.property("[0].name", "pending.test");
      const other = (await call("GET", "/client/v4/zones?name=example.com")).json<Envelope>();
      expect(other).to.deep.include({ success: true, result: [] });
    });

    it("returns a zone", async () => {
      const { result } = (await call("GET", `/client/v4/zones/${zone}`)).json<Envelope>();
      expect(result).to.deep.include({ id: zone, name: "lab.test", status: "active", type: "full" });
    });

    const invalidRoute =
      /^Could not route to \/client\/v4\/zones\/.*, perhaps your object identifier is invalid\?$/;
    const cases: [string, string, number, number, string | RegExp][] = [
      ["GET", "/client/v4/zones/lab.test", 404, 7003, invalidRoute],
      ["GET", "/client/v4/zones/lab.test/dns_records", 404, 7003, invalidRoute],
      ["GET", `/client/v4/zones/${unknownId}`, 403, 9109, "Unauthorized to access requested resource"],
      ["GET", `/client/v4/zones/${unknownId}/dns_records`, 403, 10000, "Authentication error"],
      ["GET", `${collection}/photos`, 404, 7003, invalidRoute],
      ["GET", `${collection}/${unknownId}`, 404, 81044, "Record does not exist."],
      ["DELETE", `${collection}/${unknownId}`, 404, 81044, "Record does not exist."],
      ["GET", "/client/v4/nothing", 400, 7000, "No route for that URI"],
      ["GET", `${collection}?per_page=0`, 400, 1004, /^Invalid per_page/],
      ["GET", `${collection}?order=age`, 400, 1004, /^Invalid order/],
    ];
    const shortened = (url: string) =>
      url.replace("/client/v4", "").replace(zone, "ZONE").replace(unknownId, "UNKNOWN");
    for (const [method, url, status, code, message] of cases) {
      it(`answers ${method} ${shortened(url)} with ${status} and code ${code}`, async () => {
        expectError(await call(method, url), status, code, message);
      });
    }
  });

  describe("records endpoint", () => {
    const a = { name: "photos", type: "A", content: "198.51.100.10" };

    it("creates a record and returns all of its fields", async () => {
      const record = await create({ ...a, comment: "made by a test", ttl: 120 });
      expect(record.id).to.match(/^[0-9a-f]{32}$/);
      expect(record).to.deep.include({
        name: "photos.lab.test",
        type: "A",
        content: "198.51.100.10",
        ttl: 120,
        proxied: false,
        proxiable: true,
        comment: "made by a test",
        tags: [],
      });
      expect((await call("GET", `${collection}/${record.id}`)).json<Envelope>().result).to.deep.equal(record);
    });

    it("publishes each change in the zone file, under a higher serial", async () => {
      const serials = [serial()];
      const { id } = await create(a);
      serials.push(serial());
      expect(readFileSync(zoneFile, "utf8")).to.include("\nphotos.lab.test. 300 IN A 198.51.100.10\n");

      await call("PATCH", `${collection}/${id}`, { content: "198.51.100.11", ttl: 60 });
      serials.push(serial());
      expect(readFileSync(zoneFile, "utf8")).to.include("\nphotos.lab.test. 60 IN A 198.51.100.11\n");

      expect((await call("DELETE", `${collection}/${id}`)).json<Envelope>().result).to.deep.equal({ id });
      serials.push(serial());
      expect(readFileSync(zoneFile, "utf8")).not.to.include("photos");

      expect(serials).to.deep.equal([...new Set(serials)].sort((x, y) => x - y));
      expect(readdirSync(join(directory, "zones"))).to.deep.equal(["db.lab.test"]);
    });

    it("restores its records after a restart", async () => {
      const record = await create(a);
      const before = serial();
      writeFileSync(zoneFile, "");
      app = open(`state${runs}`);
      expect((await call("GET", `${collection}/${record.id}`)).json<Envelope>().result).to.deep.equal(record);
      expect(serial()).to.be.above(before);
      expect(readFileSync(zoneFile, "utf8")).to.include("photos.lab.test.");
    });

    it("replaces a record with PUT and merges with PATCH", async () => {
      const { id, created_on } = await create({ ...a, ttl: 120, comment: "old" });
      const patched = (await call("PATCH", `${collection}/${id}`, { proxied: true })).json<{
        result: DnsRecord;
      }>().result;
      expect(patched).to.include({ id, created_on, comment: "old", proxied: true, ttl: 1 });
      const put = (await call("PUT", `${collection}/${id}`, a)).json<{ result: DnsRecord }>().result;
      expect(put).to.include({ id, created_on, comment: null, proxied: false, ttl: 1 });
    });

    const cases: [string, unknown, number, RegExp][] = [
      ["a missing body", undefined, 9207, /^Request body is invalid/],
      ["a body that is not JSON", "{", 9207, /content-type must be application\/json$/],
      ["an unsupported type", { ...a, type: "MX" }, 1004, /^DNS Validation Error$/],
      ["a missing content", { name: "x", type: "A" }, 9207, /./],
      ["an invalid IPv4 address", { ...a, content: "198.51.100.256" }, 9005, /valid IPv4 address\.$/],
      ["an invalid IPv6 address", { ...a, type: "AAAA" }, 9006, /valid IPv6 address\.$/],
      [
        "an IPv6 address with a zone",
        { ...a, type: "AAAA", content: "fe80::1%eth0" },
        9006,
        /valid IPv6 address\.$/,
      ],
      ["an invalid CNAME target", { ...a, type: "CNAME", content: "a b" }, 9007, /CNAME/],
      ["a CNAME to itself", { ...a, type: "CNAME", content: "photos.lab.test." }, 9039, /itself/],
      ["an empty TXT record", { ...a, type: "TXT", content: "" }, 9010, /TXT/],
      ["a name with a line break", { ...a, name: "x\ny" }, 9000, /^DNS name is invalid\.$/],
      ["a name with an empty label", { ...a, name: "x..y" }, 9000, /^DNS name is invalid\.$/],
      ["a TTL that is too short", { ...a, ttl: 59 }, 1004, /^DNS Validation Error$/],
      ["a TTL that is not an integer", { ...a, ttl: 60.5 }, 1004, /^DNS Validation Error$/],
      ["a proxied TXT record", { ...a, type: "TXT", proxied: true }, 9004, /cannot be proxied/],
      [
        "a CNAME at the apex of the zone",
        { name: "@", type: "CNAME", content: "x.lab.test" },
        81053,
        /already exists/,
      ],
    ];
    for (const [what, body, code, message] of cases) {
      it(`refuses ${what} with code ${code}`, async () => {
        const before = serial();
        expectError(await call("POST", collection, body as object), 400, code, message);
        expect(serial(), "an unchanged zone").to.equal(before);
      });
    }

    it("refuses identical records and conflicts with a CNAME", async () => {
      await create(a);
      const cname = await create({ name: "alias", type: "CNAME", content: "photos.lab.test" });
      expectError(await call("POST", collection, a), 400, 81058, "An identical record already exists.");
      expectError(
        await call("POST", collection, { ...a, name: "ALIAS.lab.test." }),
        400,
        81054,
        /CNAME record with that host/,
      );
      expectError(
        await call("POST", collection, { ...cname, name: "photos", content: "x.lab.test" }),
        400,
        81053,
        /A, AAAA, or CNAME record/,
      );
      const second = await create({ ...a, content: "198.51.100.12" });
      expectError(await call("PATCH", `${collection}/${second.id}`, a), 400, 81058, /identical/);
      expect(
        (await call("PATCH", `${collection}/${second.id}`, {})).statusCode,
        "identical to itself only",
      ).to.equal(200);
    });

    it("filters, sorts and paginates records", async () => {
      await create(a);
      await create({ ...a, name: "media" });
      await create({ name: "photos", type: "TXT", content: "Hello", comment: "greeting" });
      const list = async (query: string): Promise<string[]> => {
        const response = await call("GET", `${collection}?${query}`);
        return response
          .json<{ result: DnsRecord[] }>()
          .result.map(({ name, type }) => `${type} ${name.split(".")[0] ?? ""}`);
      };
      expect(await list("type=A")).to.deep.equal(["A media", "A photos"]);
      expect(await list("name=PHOTOS.lab.test&type=A")).to.deep.equal(["A photos"]);
      expect(await list("name.exact=media.lab.test")).to.deep.equal(["A media"]);
      expect(await list("name.startswith=med")).to.deep.equal(["A media"]);
      expect(await list("name=photos")).to.deep.equal([]);
      expect(await list("content.contains=ell")).to.deep.equal(["TXT photos"]);
      expect(await list("comment.present=")).to.deep.equal(["TXT photos"]);
      expect(await list("comment.absent=&direction=desc")).to.deep.equal(["A photos", "A media"]);
      expect(await list("match=any&type=TXT&name.exact=media.lab.test")).to.deep.equal([
        "A media",
        "TXT photos",
      ]);
      expect(await list("search=greet")).to.deep.equal(["TXT photos"]);
      expect(await list("order=type&direction=desc&per_page=1")).to.deep.equal(["TXT photos"]);
      const page = (await call("GET", `${collection}?per_page=2&page=2`)).json<Envelope>();
      expect(page.result_info).to.deep.equal({
        page: 2,
        per_page: 2,
        count: 1,
        total_count: 3,
        total_pages: 2,
      });
    });
  });
});
