import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { parse } from "yaml";
import { readHtpasswd } from "../../../../components/render/htpasswd.ts";
import { removeRoute, setUpRoute } from "../../../../components/render/routeScripts.ts";
import { appMiddlewares } from "../../../../components/render/traefikMiddlewares.ts";
import { isHostName, renderTraefikRoute } from "../../../../components/render/traefikRoute.ts";
import { matchSnapshot } from "../../snapshot.ts";

const plain = {
  app: "immich",
  hosts: ["photos.example.com"],
  backend: "http://100.64.0.2:8080",
  hsts: false,
};
const guarded = {
  ...plain,
  hosts: ["photos.example.com", "pictures.example.com", "example.com"],
  hsts: true,
  allowFrom: ["203.0.113.0/24", "2001:db8::7"],
  rateLimit: { average: 5, burst: 10 },
  middlewares: { squeeze: { compress: {} }, "other-headers": { headers: { frameDeny: true } } },
};
const text = fc.string({ unit: "binary" });
const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,12}[a-z0-9])?$/);

interface RouteFile {
  http: {
    routers: Record<string, { rule: string; middlewares?: string[]; tls: { domains: { main: string }[] } }>;
    middlewares?: Record<string, object>;
    services: Record<string, unknown>;
  };
}

/** What Traefik reads: Go's templates first, in which nothing but the escape may be left to run. */
function read(file: string): RouteFile {
  const escaped = '{{"{{"}}';
  expect(file.replaceAll(escaped, "")).not.to.contain("{{");
  return parse(file.replaceAll(escaped, "{{")) as RouteFile;
}

describe("route", () => {
  it("file", () => {
    matchSnapshot("components/route.yaml", renderTraefikRoute(plain));
    matchSnapshot("components/route-hsts.yaml", renderTraefikRoute({ ...plain, hsts: true }));
    matchSnapshot(
      "components/route-guarded.yaml",
      renderTraefikRoute({ ...guarded, usersFile: "/etc/traefik/users/immich/1" }),
    );
    matchSnapshot("components/route-cdn.yaml", renderTraefikRoute({ ...guarded, cdn: true }));
  });

  it("has a rule and a certificate for each host", () => {
    const { http } = read(renderTraefikRoute(guarded));
    expect(http.routers.immich?.rule).to.equal(
      "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)",
    );
    expect(http.routers.immich?.tls.domains.map(({ main }) => main)).to.deep.equal(guarded.hosts);
    expect(() => renderTraefikRoute({ ...plain, hosts: [] })).to.throw(RangeError);
  });

  it("runs the user's middlewares after ours, in their order", () => {
    const { http } = read(renderTraefikRoute({ ...guarded, usersFile: "/users" }));
    expect(http.routers.immich?.middlewares).to.deep.equal([
      "immich-headers",
      "immich-allow-from",
      "immich-rate-limit",
      "immich-basic-auth",
      "immich_squeeze",
      "immich_other-headers",
    ]);
    expect(Object.keys(http.middlewares ?? {})).to.deep.equal(http.routers.immich?.middlewares);
  });

  it("takes away what a client says of its own address, but for the word of a CDN that is there", () => {
    const removed = (cdn: boolean) => Object.values(appMiddlewares("a", { hsts: false, cdn }));
    const always = { Forwarded: "", "True-Client-Ip": "", "X-Client-Ip": "", "X-Cluster-Client-Ip": "" };
    expect(removed(true)).to.deep.equal([{ headers: { customRequestHeaders: always } }]);
    expect(removed(false)).to.deep.equal([
      { headers: { customRequestHeaders: { ...always, "Cf-Connecting-Ip": "" } } },
    ]);
  });

  it("goes by the address that the CDN reports only behind a CDN", () => {
    const strategy = (cdn: boolean) =>
      JSON.stringify(appMiddlewares("a", { ...guarded, cdn })).match(/"depth":1/g) ?? [];
    expect(strategy(false)).to.have.lengthOf(0);
    expect(strategy(true)).to.have.lengthOf(2);
  });

  it("shares no middleware's name with another app, whatever both are called", () => {
    const all = { ...guarded, usersFile: "/users" };
    fc.assert(
      fc.property(label, label, label, label, (app, middleware, otherApp, other) => {
        fc.pre(app !== otherApp);
        const names = (one: string, own: string) =>
          Object.keys(appMiddlewares(one, { ...all, middlewares: { [own]: { compress: {} } } }));
        expect(names(app, middleware)).not.to.include.members(names(otherApp, other));
        const both = [...names(app, middleware), ...names(otherApp, other)];
        expect(new Set(both).size).to.equal(both.length);
      }),
    );
    expect(Object.keys(appMiddlewares("a", { ...all, middlewares: { headers: {} } }))).to.have.lengthOf(5);
  });

  it("a host name cannot add to the rule", () => {
    for (const host of ["a`) || Host(`b.example.com", "x", "-a.example.com", "a..b", "a.example.com\n", ""]) {
      expect(() => renderTraefikRoute({ ...plain, hosts: [host] }), host).to.throw(RangeError);
    }
    fc.assert(
      fc.property(text, (host) => {
        if (isHostName(host)) expect(host).to.match(/^[a-z0-9.-]+$/);
        else expect(() => renderTraefikRoute({ ...plain, hosts: ["a.test", host] })).to.throw(RangeError);
      }),
    );
  });

  it("any URL and any middleware arrives as data", () => {
    const hostile = fc.oneof(text, fc.constantFrom('{{ env "HOME" }}', "{{{{", "{{-", "a: &b *c", "<<"));
    const definition = fc.dictionary(
      label,
      fc.oneof(hostile, fc.array(hostile), fc.dictionary(label, hostile)),
    );
    fc.assert(
      fc.property(hostile, definition, (backend, custom) => {
        const { http } = read(renderTraefikRoute({ ...plain, backend, middlewares: { custom } }));
        expect(http.services).to.deep.equal({
          immich: { loadBalancer: { passHostHeader: true, servers: [{ url: backend }] } },
        });
        expect(http.middlewares).to.deep.include({ immich_custom: { ...custom } });
        expect(http.middlewares).to.have.all.keys("immich-headers", "immich_custom");
      }),
    );
  });
});

describe("route's scripts", () => {
  const scripts = {
    "route.sh": setUpRoute({ ...plain, hsts: true }, "http-01"),
    "route-users.sh": setUpRoute({ ...guarded, basicAuth: true }, "http-01"),
    "route-middlewares.sh": setUpRoute({ ...guarded, hosts: plain.hosts }, "dns-01"),
    "route-remove.sh": removeRoute(plain.app),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(name, () => {
      execFileSync("sh", ["-n"], { input: script });
      matchSnapshot(`components/${name}`, `${script}\n`);
    });
  }

  it("try the user's middlewares on a second Traefik, and nothing else", () => {
    expect(setUpRoute({ ...plain, hsts: true, rateLimit: guarded.rateLimit }, "http-01")).not.to.contain(
      "trial",
    );
    const script = setUpRoute(guarded, "http-01");
    expect(script.indexOf("fail ")).to.be.within(0, script.indexOf("'put'"));
  });

  it("with dns-01 wait for no name", () => {
    expect(setUpRoute(plain, "dns-01")).not.to.contain("resolves");
  });

  it("name the users by what is in their file, in ours and in no other place", () => {
    const middlewares = { mine: { headers: { customRequestHeaders: { X: "/mynodeone/users-file" } } } };
    const script = setUpRoute({ ...plain, basicAuth: true, middlewares }, "dns-01");
    /** Runs it on stand-ins for what changes the host; the files that were put, by path. */
    const filesWith = (users: string) => {
      const standIns = ['put() { printf \'%s\\0%s\\0\' "$1" "$3"; }', "chgrp() { :; }", "find() { :; }"];
      // The trial of the middlewares runs a program, as another user.
      standIns.push("chown() { :; }", "timeout() { :; }");
      const within = "within() { :; }";
      const output = execFileSync("sh", ["-euc", [...standIns, within, script].join("\n")], { input: users });
      const [usersFile = "", content = "", , route = ""] = output.toString().split("\0");
      return { usersFile, content, http: (parse(route) as RouteFile).http };
    };

    const one = filesWith("me:hash\n");
    expect(one.content).to.equal("me:hash");
    expect(one.usersFile).to.match(/^\/etc\/traefik\/users\/immich\/[0-9a-f]{32}$/);
    expect(one.http.middlewares).to.deep.include({
      "immich-basic-auth": { basicAuth: { usersFile: one.usersFile, removeHeader: true } },
      immich_mine: middlewares.mine,
    });
    expect(filesWith("me:hash").usersFile).to.equal(one.usersFile);
    expect(filesWith("you:hash").usersFile).not.to.equal(one.usersFile);
  });
});

describe("a file of users", () => {
  const line = `me:$2y$05$${"a".repeat(53)}`;

  it("is what htpasswd prints, with empty lines and comments", () => {
    const { users, wrongLines } = readHtpasswd(`# us\r\n${line}\r\n\n  ${line}\n`);
    expect(users).to.deep.equal([line, line]);
    expect(wrongLines).to.deep.equal([]);
  });

  for (const wrong of ["me:secret", "me", `me:$apr1$${"a".repeat(31)}`, `:${line}`, `${line}b`]) {
    it(`has no ${JSON.stringify(wrong)}`, () => {
      expect(readHtpasswd(`${line}\n${wrong}`).wrongLines).to.deep.equal([2]);
    });
  }
});
