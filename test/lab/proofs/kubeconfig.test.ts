import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { inCluster, kubeconfig } from "../../../lab/cluster/index.ts";
import { engineEnvironment, stackName, workDir } from "../../../lab/engine.ts";
import { runStack } from "../../../lab/operator.ts";
import { tool } from "../../../lab/paths.ts";
import { run } from "../../../lab/run.ts";
import type { StackResult } from "../../../lab/stack.ts";
import { askWhile } from "../asker.ts";
import { askUntil } from "../outside.ts";
import { smallStack, withPage } from "../smallStack.ts";
import { helmRevisions } from "../labSnapshot.ts";

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  contexts: { name: string; context: Record<string, unknown> }[];
  users: { name: string }[];
  "current-context": string;
}

const url = "https://page.lab.test/get";
const key = "mynodeone:kubeconfig";

/** Equivalent variants of the lab's kubeconfig. */
function edited(edit: (config: Kubeconfig, cluster: Record<string, unknown>) => void): string {
  const config = parse(kubeconfig()) as Kubeconfig;
  edit(config, config.clusters[0]?.cluster ?? {});
  return stringify(config);
}

const spellings: Record<string, string> = {
  "a slash behind the address": edited((_, cluster) => (cluster.server = `${String(cluster.server)}/`)),
  "the server's name in its certificate": edited((_, cluster) => (cluster["tls-server-name"] = "kubernetes")),
  "another authority besides": edited((_, cluster) => {
    const pem = Buffer.from(String(cluster["certificate-authority-data"]), "base64").toString();
    cluster["certificate-authority-data"] = Buffer.from(`${pem}\n${pem}`).toString("base64");
  }),
  "no authority at all": edited((_, cluster) => {
    delete cluster["certificate-authority-data"];
    cluster["insecure-skip-tls-verify"] = true;
  }),
  "other names for cluster, user and context": edited((config) => {
    for (const entry of [...config.clusters, ...config.contexts, ...config.users]) entry.name = "attic";
    for (const { context } of config.contexts) Object.assign(context, { cluster: "attic", user: "attic" });
    config["current-context"] = "attic";
  }),
};

describe("another kubeconfig for the same cluster", function () {
  let directory: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "mynodeone-kubeconfig-"));
    await runStack(withPage);
    await askUntil(url, 200);
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  /** The changes of an operation that must neither interrupt a client of the app nor run Helm. */
  async function unnoticed(request: Parameters<typeof runStack>[0]): Promise<StackResult["changes"]> {
    const revisions = await helmRevisions();
    let changes: StackResult["changes"] = {};
    const seen = await askWhile([url], async () => {
      ({ changes } = await runStack(request));
    });
    expect(seen[url]).to.deep.include({ failures: [], connections: 1 });
    expect(await helmRevisions()).to.deep.equal(revisions);
    return changes;
  }

  for (const [title, spelling] of Object.entries(spellings)) {
    it(`updates only the provider, with ${title}`, async () => {
      const changes = await unnoticed({ ...withPage, secrets: { [key]: spelling } });
      expect(changes).to.have.all.keys("same", "update").and.to.include({ update: 1 });
    });
  }

  it("may come from the environment instead of the config", async () => {
    const file = join(directory, "config");
    writeFileSync(file, kubeconfig(), { mode: 0o600 });
    const surroundings = { ...withPage, secrets: { [key]: null }, environment: { KUBECONFIG: file } };
    expect(await unnoticed(surroundings)).to.have.all.keys("same", "update");
    expect(await unnoticed(surroundings)).to.have.all.keys("same");
    expect(await unnoticed(withPage)).to.have.all.keys("same", "update");
  });

  it("takes effect in the second run if the stack's provider has no identifier yet", async () => {
    const file = join(directory, "state.json");
    const stateCommand = (...args: string[]) =>
      run(tool("pulumi"), ["stack", ...args, "--stack", stackName, "--file", file], {
        cwd: workDir,
        env: engineEnvironment,
      });
    await stateCommand("export");
    const saved = readFileSync(file, "utf8");
    const older = saved.replaceAll(/\s*"clusterIdentifier": "[^"]*",?/g, "");
    expect(older.length).to.be.below(saved.length);
    writeFileSync(file, older);
    await stateCommand("import");
    const moved = { ...withPage, secrets: { [key]: spellings["a slash behind the address"] ?? "" } };
    for (const run of ["adds the identifier", "takes the kubeconfig"]) {
      expect(await unnoticed(moved), run)
        .to.have.all.keys("same", "update")
        .and.to.include({ update: 1 });
    }
    expect(await unnoticed(moved)).to.have.all.keys("same");
  });

  it("of a cluster that was set up again makes a run with --refresh install what is missing", async () => {
    await runStack(withPage);
    await inCluster(["delete", "namespace", "page"]);
    expect((await runStack(withPage)).changes).to.have.all.keys("same");
    const { changes } = await runStack({ ...withPage, refresh: true });
    expect(changes).to.include({ create: 1 });
    await askUntil(url, 200);
  });

  it("whose server does not answer is reported with the option's name, even for charts only", async () => {
    const nowhere = edited((_, cluster) => (cluster.server = "https://127.0.0.1:6443"));
    const { page } = smallStack;
    const failure = await runStack({
      operation: "preview",
      apps: { page },
      secrets: { [key]: nowhere },
    }).then(() => "no failure", String);
    expect(failure).to.contain("mynodeone:kubeconfig points to an API server that does not answer");
    await askUntil(url, 200);
  });
});
