import { isHostName } from "../../../../components/inputs/dnsName.ts";
import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { readHtpasswd } from "../../../../components/route/htpasswd.ts";
import { removeRoute, setUpRoute } from "../../../../components/route/scripts.ts";
import { appMiddlewares } from "../../../../components/route/middlewares.ts";
import { renderTraefikRoute } from "../../../../components/route/routeFile.ts";
import { anyText, dnsLabel } from "../../arbitraries.ts";
import { temporaryDirectories } from "../../temporaryDirectories.ts";
import { matchSnapshot } from "../../snapshot.ts";
import { matchScript, shellWords } from "../shell.ts";

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
  middlewares: [{ compress: {} }, { headers: { frameDeny: true } }],
};

/** Texts that YAML 1.1 does not parse as text, as keys or as values. */
const ambiguous = [
  "<<",
  "no",
  "On",
  "y",
  "~",
  "012",
  "1_000",
  "1:30",
  "0x1f",
  ".5",
  ".inf",
  "2001-01-01",
  "=",
];

const store = "/var/lib/traefik/acme.json";
const overHttp = { challenge: "http-01", store } as const;
const overDns = { challenge: "dns-01", store } as const;

interface RouteFile {
  http: {
    routers: Record<string, { rule: string; middlewares?: string[]; tls: { domains: { main: string }[] } }>;
    middlewares?: Record<string, object>;
    services: Record<string, unknown>;
    serversTransports?: Record<string, object>;
  };
}

/**
 * Reads a file as Traefik does. It first runs Go templates, so no template may remain except the escape for `{{`. Its
 * parser reads some texts by YAML 1.1, and others by 1.2.
 */
function read(file: string): RouteFile {
  const escaped = '{{"{{"}}';
  expect(file.replaceAll(escaped, "")).not.to.contain("{{");
  const text = file.replaceAll(escaped, "{{");
  expect(parse(text, { version: "1.1" })).to.deep.equal(parse(text));
  return parse(text) as RouteFile;
}

describe("a Traefik route", () => {
  it("matches the snapshots of its variants", () => {
    matchSnapshot("components/route.yaml", renderTraefikRoute(plain));
    matchSnapshot("components/route-hsts.yaml", renderTraefikRoute({ ...plain, hsts: true }));
    matchSnapshot(
      "components/route-guarded.yaml",
      renderTraefikRoute({ ...guarded, usersFile: "/etc/traefik/users/immich/1" }),
    );
    const trustedProxies = ["203.0.113.0/24", "2001:db8::/32"];
    matchSnapshot("components/route-cdn.yaml", renderTraefikRoute({ ...guarded, cdn: true, trustedProxies }));
    matchSnapshot(
      "components/route-https.yaml",
      renderTraefikRoute({ ...plain, backend: "https://100.64.0.2:8080" }),
    );
  });

  it("does not verify the certificate of an HTTPS backend, and keeps Traefik's defaults for all other backends", () => {
    const transports = (backend: string) => {
      const { http } = read(renderTraefikRoute({ ...plain, backend }));
      return [http.serversTransports, http.services];
    };
    const url = "https://100.64.0.2:8080";
    expect(transports(url)).to.deep.equal([
      { immich: { insecureSkipVerify: true } },
      { immich: { loadBalancer: { passHostHeader: true, servers: [{ url }], serversTransport: "immich" } } },
    ]);
    expect(transports("http://https:8080")[0]).to.equal(undefined);
  });

  it("has a router rule and a certificate for each host", () => {
    const { http } = read(renderTraefikRoute(guarded));
    expect(http.routers.immich?.rule).to.equal(
      "Host(`photos.example.com`) || Host(`pictures.example.com`) || Host(`example.com`)",
    );
    expect(http.routers.immich?.tls.domains.map(({ main }) => main)).to.deep.equal(guarded.hosts);
    expect(() => renderTraefikRoute({ ...plain, hosts: [] })).to.throw(RangeError);
  });

  it("runs the user's middlewares after the generated ones, in the given order", () => {
    const { http } = read(renderTraefikRoute({ ...guarded, usersFile: "/users" }));
    expect(http.routers.immich?.middlewares).to.deep.equal([
      "immich-headers",
      "immich-allow-from",
      "immich-in-flight",
      "immich-rate-limit",
      "immich-basic-auth",
      "immich_compress",
      "immich_headers",
    ]);
    expect(Object.keys(http.middlewares ?? {})).to.deep.equal(http.routers.immich?.middlewares);
  });

  it("never shares a middleware name with another app's route", () => {
    const all = { ...guarded, usersFile: "/users", trustedProxies: ["203.0.113.0/24"] };
    const words = ["a", "b", "headers"];
    const labels = words.flatMap((word) => [word, ...words.map((other) => `${word}-${other}`)]);
    const appOf = new Map<string, string>();
    for (const app of labels) {
      for (const own of labels) {
        const route = { ...all, middlewares: [{ [own]: {} }] };
        const names = [true, false].flatMap((relayed) => Object.keys(appMiddlewares(app, route, relayed)));
        expect(new Set(names), `${own} of ${app}`).to.have.property("size", 10);
        for (const name of names) {
          expect(appOf.get(name) ?? app, name).to.equal(app);
          appOf.set(name, app);
        }
      }
    }
  });

  it("shows no pages of other apps for its errors", () => {
    const errors = { status: ["500-599"], query: "/{status}.html" };
    for (const definition of [
      { errors },
      { errors: { ...errors, service: "vault@file" } },
      { Errors: { ...errors, SERVICE: "vault" } },
    ]) {
      const text = renderTraefikRoute({ ...plain, middlewares: [definition] });
      expect(JSON.stringify(read(text).http.middlewares?.immich_errors).toLowerCase())
        .to.contain('"service":"immich"')
        .and.not.contain("vault");
    }
  });

  it("limits the rate of logins, unless another rate is given", () => {
    const paceOf = (route: object) => {
      const middlewares = appMiddlewares("immich", { ...plain, ...route });
      return middlewares["immich-rate-limit"] as { rateLimit: object } | undefined;
    };
    const usersFile = "/etc/traefik/users/immich/1";
    expect(paceOf({})).to.equal(undefined);
    expect(paceOf({ usersFile })?.rateLimit).to.include({ average: 10, burst: 100 });
    expect(paceOf({ usersFile, rateLimit: guarded.rateLimit })?.rateLimit).to.include(guarded.rateLimit);
  });

  it("refuses a host name that could extend the rule", () => {
    for (const host of ["a`) || Host(`b.example.com", "x", "-a.example.com", "a..b", "a.example.com\n", ""]) {
      expect(() => renderTraefikRoute({ ...plain, hosts: [host] }), host).to.throw(RangeError);
    }
    fc.assert(
      fc.property(anyText, (host) => {
        if (isHostName(host)) expect(host).to.match(/^[a-z0-9.-]+$/);
        else expect(() => renderTraefikRoute({ ...plain, hosts: ["a.test", host] })).to.throw(RangeError);
      }),
    );
  });

  it("treats any URL and any middleware option as data", () => {
    const hostile = fc.oneof(
      anyText,
      fc.constantFrom('{{ env "HOME" }}', "{{{{", "{{-", "a: &b *c", ...ambiguous),
    );
    const definition = fc.dictionary(
      fc.oneof(dnsLabel, fc.constantFrom(...ambiguous)),
      fc.oneof(hostile, fc.array(hostile), fc.dictionary(dnsLabel, hostile)),
    );
    fc.assert(
      fc.property(hostile, definition, (backend, custom) => {
        const { http } = read(renderTraefikRoute({ ...plain, backend, middlewares: [custom] }));
        expect(http.services).to.deep.equal({
          immich: { loadBalancer: { passHostHeader: true, servers: [{ url: backend }] } },
        });
        const [, , [name, definition] = [], ...others] = Object.entries(http.middlewares ?? {});
        expect(name).to.match(/^immich_/);
        expect(definition).to.deep.equal({ ...custom });
        expect(others).to.be.empty;
      }),
    );
  });
});

describe("a route's scripts", () => {
  const newDirectory = temporaryDirectories();
  const scripts = {
    "route.sh": setUpRoute({ ...plain, hsts: true }, overHttp),
    "route-users.sh": setUpRoute({ ...guarded, basicAuth: true }, overHttp),
    "route-middlewares.sh": setUpRoute({ ...guarded, hosts: plain.hosts }, overDns),
    "route-remove.sh": removeRoute(plain.app),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`match the snapshot of ${name}`, () => {
      matchScript(name, script);
    });
  }

  it("test the user's middlewares, and only those, before the route is written", () => {
    expect(setUpRoute({ ...plain, hsts: true, rateLimit: guarded.rateLimit }, overHttp)).not.to.contain(
      "trial",
    );
    const script = setUpRoute(guarded, overHttp);
    expect(script).to.contain("trial");
    expect(script.indexOf("fail ")).to.be.within(0, script.indexOf("'put'"));
  });

  it("do not wait for the DNS record with dns-01", () => {
    expect(setUpRoute(plain, overHttp)).to.contain("resolves");
    expect(setUpRoute(plain, overDns)).not.to.contain("resolves");
  });

  it("name the users file after its content, in the generated middleware only", () => {
    const middlewares = [{ headers: { customRequestHeaders: { X: "/mynodeone/users-file" } } }];
    const script = setUpRoute({ ...plain, basicAuth: true, middlewares }, overDns);
    /** Runs the script with fakes for the commands that change the host. Returns the files that it would write. */
    const filesWith = (users: string) => {
      const standIns = ['put() { printf \'%s\\0%s\\0\' "$1" "$3"; }', "chgrp() { :; }", "find() { :; }"];
      // The test of the middlewares would run this machine's Traefik.
      const programs = newDirectory();
      writeFileSync(join(programs, "systemd-run"), "#!/bin/sh\n", { mode: 0o755 });
      standIns.push(`PATH=${programs}:$PATH`, "systemctl() { :; }", `mktemp() { command mktemp -d; }`);
      const within = "within() { :; }";
      const words = shellWords([...standIns, within, script].join("\n"), users);
      const [usersFile = "", content = "", , route = ""] = words;
      return { usersFile, content, http: (parse(route) as RouteFile).http };
    };

    const one = filesWith("me:hash\n");
    expect(one.content).to.equal("me:hash");
    expect(one.usersFile).to.match(/^\/etc\/traefik\/users\/immich\/[0-9a-f]{32}$/);
    expect(one.http.middlewares).to.deep.include({
      "immich-basic-auth": { basicAuth: { usersFile: one.usersFile, removeHeader: true } },
      immich_headers: middlewares[0],
    });
    expect(filesWith("me:hash").usersFile).to.equal(one.usersFile);
    expect(filesWith("you:hash").usersFile).not.to.equal(one.usersFile);
  });
});

describe("the htpasswd parser", () => {
  const hash = "a".repeat(53);
  const line = `me:$2y$10$${hash}`;

  it("accepts the output of htpasswd, empty lines and comments", () => {
    const { users, wrongLines } = readHtpasswd(`# us\r\n${line}\r\n\n  ${line}\n`);
    expect(users).to.deep.equal([line, line]);
    expect(wrongLines).to.deep.equal([]);
  });

  it("accepts hashes that are expensive for an attacker, but take the edge at most a second", () => {
    const costs = Array.from({ length: 100 }, (_, cost) => cost);
    const accepted = costs.filter((cost) => {
      const { users } = readHtpasswd(`me:$2y$${String(cost).padStart(2, "0")}$${hash}`);
      return users.length === 1;
    });
    expect(accepted).to.deep.equal([10, 11, 12, 13, 14]);
  });

  for (const wrong of ["me:secret", "me", `me:$apr1$${"a".repeat(31)}`, `:${line}`, `${line}b`]) {
    it(`refuses the line ${JSON.stringify(wrong)}`, () => {
      expect(readHtpasswd(`${line}\n${wrong}`).wrongLines).to.deep.equal([2]);
    });
  }
});
