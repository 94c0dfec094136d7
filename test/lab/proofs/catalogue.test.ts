import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { catalogue } from "../../../apps/index.ts";
import { inCluster } from "../../../lab/cluster/index.ts";
import { stateDir } from "../../../lab/engine.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { ask, askUntil, untilUnknown } from "../outside.ts";
import { standingStack } from "../standingStack.ts";
import { standInChart } from "../apps.ts";

const names = Object.keys(catalogue);
const seed = Number(process.env.MYNODEONE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const visitor = { user: "visitor", password: "lets-me-in" };

describe(`the whole catalogue (MYNODEONE_SEED=${seed})`, function () {
  before("install every app", async () => {
    await runStack({ operation: "up", apps: appsOf(names) });
  });

  after(async () => {
    await standingStack();
    const mine = names.filter((name) => !(name in declaredApps()));
    await inCluster(["delete", "namespace", "--ignore-not-found", ...mine]);
  });

  for (const [name, { healthPath }] of Object.entries(catalogue)) {
    it(`answers for ${name} at its health path, and with 404 elsewhere`, async () => {
      await askUntil(`${urlOf(name)}${healthPath}`, 200);
      expect((await ask(`${urlOf(name)}/no-such-page`)).status).to.equal(404);
    });
  }

  it("gives each app its own release, Service and proxy port", async () => {
    const columns =
      "custom-columns=:.metadata.labels.app\\.kubernetes\\.io/instance,:.metadata.name,:.spec.ports[*].port";
    const services = await inCluster([
      "get",
      "services",
      "--all-namespaces",
      "--no-headers",
      "--output",
      columns,
    ]);
    const found = services.split("\n").map((line) => line.trim().split(/\s+/).join(" "));
    expect(found).to.include.members(names.map((name) => `${name} ${catalogue[name]?.service.name} 80`));
    expect(await portsInUse()).to.deep.equal(portsOf(names));
  });

  it("requires a login for Homepage", async () => {
    expect((await ask(`https://homepage.${domain}/get`)).status).to.equal(401);
  });

  it("adds and removes apps in any order, restarts no other, and reuses a returning app's password", async () => {
    const first = await invocations();
    const drawn = await giteaPassword();
    expect(drawn).to.match(/^[A-Za-z0-9]{32}$/);

    const away = new Set<string>();
    for (const present of someOrder()) {
      const before = away.size;
      for (const name of names.filter((each) => !present.includes(each))) away.add(name);
      await runStack({ operation: "up", apps: appsOf(present) });

      const story = `with ${present.join(", ")} after ${[...away].slice(0, before).join(", ")} were away`;
      expect(await portsInUse(), story).to.deep.equal(portsOf(present));
      const now = await invocations();
      for (const name of names.filter((each) => !away.has(each)))
        expect(now[name], `${name}, ${story}`).to.equal(first[name]);
      for (const name of names) await (present.includes(name) ? isReached(name) : untilUnknown(urlOf(name)));
    }

    const last = await invocations();
    for (const name of away) expect(last[name], `${name}, which was away`).not.to.equal(first[name]);
    expect(await giteaPassword(), "after it was away").to.equal(drawn);
    expect(stateText()).to.include("gitea-admin").and.not.include(drawn);
  });

  it("keeps a generated password and the running proxy when the release changes", async () => {
    const drawn = await giteaPassword();
    const first = await invocations();
    const changed = { ...appOf("gitea"), values: { gitea: { admin: { email: "me@example.com" } } } };
    const { changes } = await runStack({ operation: "up", apps: { ...appsOf(names), gitea: changed } });
    expect(changes).to.have.all.keys("same", "update");
    expect(await giteaPassword()).to.equal(drawn);
    expect(await invocations()).to.deep.equal(first);
  });
});

/** The apps at each step. Gitea is removed first, others are added and removed, and in the end all exist again. */
function someOrder(): string[][] {
  const [one = [], two = []] = fc.sample(fc.subarray(names, { minLength: 3, maxLength: 6 }), {
    seed,
    numRuns: 2,
  });
  return [one.filter((name) => name !== "gitea"), two, names];
}

/** An app with the stand-in chart, on the internet if its catalogue entry allows it. */
function appOf(name: string): AppOptions {
  const hash = createHash("sha1").update(visitor.password).digest("base64");
  const login = { basicAuth: { users: [`${visitor.user}:{SHA}${hash}`] } };
  return {
    internet: true,
    chart: standInChart,
    ...(catalogue[name]?.firstVisitorIsAdmin && { adminClaimed: true }),
    ...(!catalogue[name]?.login && { middlewares: [login] }),
  };
}

function appsOf(present: readonly string[]): Record<string, AppOptions> {
  return Object.fromEntries(present.map((name) => [name, appOf(name)]));
}

/** With credentials, if the edge requires them. */
function urlOf(name: string): string {
  const login = catalogue[name]?.login ? "" : `${visitor.user}:${visitor.password}@`;
  return `https://${login}${name}.${domain}`;
}

async function isReached(name: string): Promise<void> {
  await askUntil(`${urlOf(name)}${catalogue[name]?.healthPath}`, 200);
}

function portsOf(present: readonly string[]): number[] {
  return present.map((name) => catalogue[name]?.proxyPort ?? NaN).sort();
}

/** Listening ports on the control plane in the range of the proxies. */
async function portsInUse(): Promise<number[]> {
  const sockets = await ssh(
    "home",
    "ss --tcp --listening --numeric --no-header 'sport >= :8080 and sport <= :8100'",
  );
  return sockets
    .split("\n")
    .filter(Boolean)
    .map((line) => Number(/:(\d+)\s/.exec(line)?.[1]))
    .sort();
}

/** The invocation ids, which change only when a unit starts; by app, empty for a unit that does not run. */
async function invocations(): Promise<Record<string, string>> {
  const units = names.map((name) => `${name}-proxy`).join(" ");
  const ids = await ssh("home", `systemctl show --property=InvocationID --value ${units}`);
  const lines = ids.split(/\n\n?/);
  return Object.fromEntries(names.map((name, index) => [name, lines[index] ?? ""]));
}

async function giteaPassword(): Promise<string> {
  const template = '--output=go-template={{index .data "password" | base64decode}}';
  return inCluster(["--namespace", "gitea", "get", "secret", "gitea-admin", template]);
}

/** Everything that the stack has stored, including its history and backups. */
function stateText(): string {
  return readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}
