import { expect } from "chai";
import { catalogue } from "../../../apps/index.ts";
import type { JudgedApp } from "../../../apps/definition.ts";
import { mergeValues, valueAt } from "../../../apps/values.ts";
import { chosen, definitionOf, nextStepsOf, noticesOf } from "./chosen.ts";

const namesOf = (property: "firstVisitorIsAdmin" | "uploads") =>
  Object.keys(catalogue).filter((name) => catalogue[name]?.[property]);

describe("the app catalogue", () => {
  it("marks the apps whose first visitor becomes administrator", () => {
    expect(namesOf("firstVisitorIsAdmin")).to.have.members([
      "immich",
      "jellyfin",
      "audiobookshelf",
      "uptime-kuma",
    ]);
  });

  it("marks homepage as the only app without a login", () => {
    expect(Object.keys(catalogue).filter((name) => !catalogue[name]?.login)).to.deep.equal(["homepage"]);
  });

  it("marks the apps with uploads that exceed the limit of a CDN", () => {
    expect(namesOf("uploads")).to.have.members([
      "immich",
      "vaultwarden",
      "gitea",
      "paperless",
      "audiobookshelf",
    ]);
  });
});

describe("immich", () => {
  const env = (values: object) => ({ controllers: { main: { containers: { main: { env: values } } } } });

  it("warns when no database is configured", () => {
    expect(noticesOf("immich")).to.be.empty;
    expect(noticesOf("immich", { values: {} })).to.have.lengthOf(1);
    expect(noticesOf("immich", { values: env({ DB_USERNAME: "immich" }) })).to.have.lengthOf(1);
    expect(noticesOf("immich", { values: env({ DB_HOSTNAME: "immich-database" }) })).to.be.empty;
    expect(noticesOf("immich", { values: { server: env({ DB_URL: "postgres://…" }) } })).to.be.empty;
  });

  it("does not warn about the database of an existing installation", () => {
    expect(noticesOf("immich", { values: undefined })).to.be.empty;
  });
});

describe("vaultwarden", () => {
  const { values = {} } = chosen("vaultwarden");
  const urls = (internet: boolean) => nextStepsOf("vaultwarden", { internet }).join();

  it("disables sign-ups and sets its own URL", () => {
    expect(values).to.include({ domain: "https://vaultwarden.example.com", signupsAllowed: false });
  });

  it("warns about public access, plain HTTP in the tailnet and open sign-ups", () => {
    expect(noticesOf("vaultwarden", { internet: true }).join()).to.include("whole internet");
    expect(noticesOf("vaultwarden").join()).to.include("plain HTTP");
    expect(noticesOf("vaultwarden")).to.have.lengthOf(1);
    for (const open of [
      { signupsAllowed: "true" },
      { signupsAllowed: true },
      { signupsAllowed: null },
      { signupDomains: "example.com" },
      { image: { extraVars: [{ key: "SIGNUPS_ALLOWED", value: "1" }] } },
      { env: { SIGNUPS_DOMAINS_WHITELIST: "example.com" } },
    ]) {
      const notices = noticesOf("vaultwarden", { values: { ...values, ...open } });
      expect(notices.join()).to.include("open an account");
    }
  });

  const problemsOf = (app: Partial<JudgedApp>) =>
    definitionOf("vaultwarden").problems?.({
      internet: true,
      hsts: true,
      release: { chart: "oci://charts.example.com/vaultwarden", values },
      ...app,
    });
  const optionsOf = (app: Partial<JudgedApp>) => problemsOf(app)?.map(({ option }) => option);

  it("refuses plain HTTP and open sign-ups on the internet, and neither in the tailnet", () => {
    const open = { chart: "vaultwarden", values: {} };
    expect(optionsOf({})).to.be.empty;
    expect(optionsOf({ hsts: false })).to.deep.equal(["hsts"]);
    expect(optionsOf({ release: open, hsts: false })).to.deep.equal(["values", "hsts"]);
    expect(optionsOf({ release: undefined, hsts: false })).to.deep.equal(["hsts"]);
    expect(optionsOf({ internet: false, release: open, hsts: false })).to.be.empty;
  });

  it("regards sign-ups as closed by the environment in a chart without an option for them", () => {
    const withEnv = (env: object, chart = "oci://charts.example.com/app-template:1.2.3") => ({
      chart,
      values: { controllers: { main: { env } } },
    });
    for (const env of [{ SIGNUPS_ALLOWED: "false" }, [{ name: "SIGNUPS_ALLOWED", value: false }]])
      expect(optionsOf({ release: withEnv(env) })).to.be.empty;
    for (const env of [
      {},
      { SIGNUPS_ALLOWED: "no" },
      { SIGNUPS_ALLOWED: "false", SIGNUPS_DOMAINS_WHITELIST: "example.com" },
    ])
      expect(optionsOf({ release: withEnv(env) })).to.deep.equal(["values"]);
    // Its own chart has the option, which allows sign-ups by default.
    const release = withEnv({ SIGNUPS_ALLOWED: "false" }, "vaultwarden");
    expect(optionsOf({ release })).to.deep.equal(["values"]);
  });

  it("counts failed log-ins by a header that a visitor cannot write", () => {
    const header = (more: Parameters<typeof chosen>[1]) => chosen("vaultwarden", more).values?.ipHeader;
    expect(header({})).to.equal("none");
    expect(header({ internet: true })).to.equal(undefined);
    expect(header({ internet: true, cdn: true })).to.equal("CF-Connecting-IP");
  });

  it("prints the server URL for the Bitwarden apps only if they can use it", () => {
    expect(urls(true)).to.include("enter https://vaultwarden.example.com as the server URL");
    expect(urls(false)).not.to.include("https://vaultwarden.example.com");
  });

  it("prints the command that shows a generated admin token, but none for the user's own", () => {
    expect(urls(false)).to.include("get secret vaultwarden-admin");
    const own = mergeValues(values, { adminToken: { existingSecret: "mine" } });
    expect(nextStepsOf("vaultwarden", { values: own })).to.be.empty;
    expect(nextStepsOf("vaultwarden", { values: undefined })).to.be.empty;
  });
});

describe("homepage", () => {
  const allowed = (more: Parameters<typeof chosen>[1]) =>
    valueAt(chosen("homepage", more).values ?? {}, [
      ...["controllers", "homepage", "containers", "homepage", "env", "HOMEPAGE_ALLOWED_HOSTS"],
    ]);

  it("allows only its own host names, on the internet and in the tailnet", () => {
    const hosts = ["home.example.com", "example.com"];
    expect(allowed({ hosts, internet: true })).to.equal("home.example.com,example.com");
    expect(allowed({ hosts })).to.equal("100.64.0.2:8083,home:8083");
    expect(allowed({ hosts, proxyPort: undefined }), "for pods alone").to.equal("*");
  });
});

describe("paperless", () => {
  it("allows only its own host names in the tailnet, and uses one of them for its health check", () => {
    const [values, pods] = [{}, { proxyPort: undefined }].map(
      (more) => chosen("paperless", more).values ?? {},
    );
    const container = ["controllers", "paperless", "containers", "paperless"];
    expect(valueAt(values ?? {}, [...container, "env", "PAPERLESS_ALLOWED_HOSTS"])).to.equal(
      "100.64.0.2,home",
    );
    expect(valueAt(pods ?? {}, [...container, "env"])).not.to.have.property("PAPERLESS_ALLOWED_HOSTS");
    expect(
      JSON.stringify(valueAt(values ?? {}, [...container, "probes"])).split('"localhost"'),
    ).to.have.length(4);
  });
});

describe("gitea", () => {
  const config = (internet: boolean) =>
    valueAt(chosen("gitea", { internet }).values ?? {}, ["gitea", "config"]);

  it("disables sign-ups", () => {
    expect(config(true)).to.have.nested.property("service.DISABLE_REGISTRATION", true);
  });

  it("marks its session cookie Secure only if it is served over HTTPS", () => {
    expect(config(true)).to.have.nested.property("session.COOKIE_SECURE", true);
    expect(config(false)).to.have.nested.property("session.COOKIE_SECURE", false);
  });

  it("keeps its sessions in files, so that a restart logs no one out", () => {
    expect(config(true)).to.have.nested.property("session.PROVIDER", "file");
    expect(config(true))
      .to.have.nested.property("session.PROVIDER_CONFIG")
      .that.matches(/^\/data\//);
  });

  it("reads as many forwarded addresses as there are proxies, and none in the tailnet", () => {
    const limit = (more: Parameters<typeof chosen>[1]) =>
      valueAt(chosen("gitea", more).values ?? {}, [
        ...["gitea", "config", "security", "REVERSE_PROXY_LIMIT"],
      ]);
    expect(limit({})).to.equal(0);
    expect(limit({ internet: true })).to.equal(1);
    expect(limit({ internet: true, cdn: true })).to.equal(2);
  });

  it("prints the command that shows the admin password, unless the user supplies one", () => {
    expect(nextStepsOf("gitea").join()).to.include("get secret gitea-admin");
    const own = mergeValues(chosen("gitea").values ?? {}, { gitea: { admin: { existingSecret: "mine" } } });
    expect(nextStepsOf("gitea", { values: own })).to.be.empty;
  });
});

describe("an app without a setting for the number of proxies", () => {
  const said = (name: string, cdn: boolean) =>
    [...noticesOf(name, { internet: true, cdn }), ...nextStepsOf(name, { internet: true, cdn })].join("\n");

  for (const [name, words] of Object.entries({
    audiobookshelf: "visitors can forge the address that Audiobookshelf sees",
    jellyfin: "Cloudflare's networks",
    "uptime-kuma": "visitors can forge the address in the log",
  }))
    it(`explains what a CDN changes for ${name}`, () => {
      expect(said(name, true)).to.include(words);
      expect(said(name, false)).not.to.include(words);
    });
});

describe("the command that shows a password", () => {
  for (const name of ["gitea", "paperless", "vaultwarden"])
    it(`uses the configured namespace of ${name}`, () => {
      expect(nextStepsOf(name, { namespace: "elsewhere" }).join()).to.include(
        "kubectl -n elsewhere get secret",
      );
    });
});

describe("paperless", () => {
  it("reads the visitor's address in X-Forwarded-For by counting the proxies from the end", () => {
    const env = ["controllers", "paperless", "containers", "paperless", "env"];
    const count = (cdn: boolean) =>
      valueAt(chosen("paperless", { internet: true, cdn }).values ?? {}, [
        ...env,
        "PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT",
      ]);
    expect([count(false), count(true)]).to.deep.equal(["1", "2"]);
  });

  it("trusts forwarded headers only on the internet, where the edge sets them", () => {
    const env = (internet: boolean) => JSON.stringify(chosen("paperless", { internet }).values);
    expect(env(true)).to.include("HTTP_X_FORWARDED_PROTO").and.include("https://paperless.example.com");
    expect(env(false)).not.to.include("HTTP_X_FORWARDED_PROTO");
  });
});
