import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inCluster } from "../../../lab/cluster/index.ts";
import { poll } from "../../../lab/poll.ts";
import { descendantsOf } from "../../../lab/process.ts";
import { ssh } from "../../../lab/run.ts";
import { domain } from "../../../lab/topology.ts";
import { changeRecord, makeRecord, removeRecord, zoneRecords } from "../../../lab/vendors.ts";
import { engineOf } from "../cuts.ts";
import { recordId, startPluginRun, type PluginProgram, type PluginResult } from "../pluginStack.ts";

const log = "/tmp/plugins.log";
const secret = "not-for-everybody";
/** The engine's placeholder of an unknown value. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A command that prints an address and logs its creation and deletion. */
const note = (id: string, more: object = {}) => ({
  create: `echo create-${id} >> ${log}; echo 198.51.100.77`,
  delete: `echo delete-${id} >> ${log}`,
  trigger: id,
  ...more,
});
const whole: PluginProgram = {
  commands: { note: note("1"), reader: { create: "cat", stdin: secret } },
  records: { plugins: { content: { printedBy: "note" } } },
  namespaces: { plugins: { role: "test" } },
};

describe("the stand-in plugins, run by the real engine,", function () {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "mynodeone-plugins-"));
  });

  after(async () => {
    await run("destroy", {});
    rmSync(directory, { recursive: true });
    await ssh("home", `rm -f ${log} /tmp/plugins-*`);
    for (const { id } of await ours()) await removeRecord(id);
    await inCluster(["delete", "namespace", "--ignore-not-found", "plugins"]);
  });

  const start = (operation: Parameters<typeof startPluginRun>[0]["operation"], program: PluginProgram) =>
    startPluginRun({ directory, operation, program });

  async function run(...args: Parameters<typeof start>): Promise<PluginResult> {
    const result = await start(...args).result;
    expect(result.error, result.output).to.equal(undefined);
    return result;
  }

  it("mark unknown values in a preview, and create nothing", async () => {
    const { changes, inputs } = await run("preview", whole);
    expect(changes).to.deep.equal({ create: 5 });
    expect(inputs.plugins).to.include({ name: `plugins.${domain}`, content: unknown });
    expect([await notes(), await ours(), await namespaces()]).to.deep.equal(["", [], ""]);
  });

  it("create resources, change nothing in a second run, and keep secrets encrypted", async () => {
    const first = await run("up", whole);
    expect(first.changes).to.deep.equal({ create: 5 });
    expect((await ours())[0]).to.include({ name: `plugins.${domain}`, content: "198.51.100.77" });
    expect(await namespaces()).to.equal("namespace/plugins");
    expect((await run("up", whole)).changes).to.deep.equal({ same: 5 });
    // The control: values that are not secret are found by the same search.
    expect(first.state).to.contain("198.51.100.77");
    for (const text of [secret, "PRIVATE KEY"]) {
      expect(first.state, "the state").not.to.contain(text);
      expect(first.output, "the output").not.to.contain(text);
      expect(JSON.stringify(first.inputs), "the events").not.to.contain(text);
    }
  });

  it("find in a refresh what others changed or removed, and the next run repairs it", async () => {
    const [record] = await ours();
    await changeRecord(record?.id ?? "", { content: "198.51.100.78" });
    await inCluster(["delete", "namespace", "plugins"]);
    const refreshed = await run("refresh", whole);
    expect(refreshed.changes).to.include({ update: 1, delete: 1 });
    expect(refreshed.state).to.contain("198.51.100.78");
    expect((await run("up", whole)).changes).to.include({ update: 1, create: 1 });
    expect((await ours())[0]).to.include({ id: record?.id, content: "198.51.100.77" });
    expect(await namespaces()).to.equal("namespace/plugins");
  });

  it("replace in the order that the program sets by deleteBeforeReplace", async () => {
    await ssh("home", `rm ${log}`);
    const later = (id: string, deleteBeforeReplace: boolean) => ({
      ...whole,
      commands: { ...whole.commands, note: note(id, { deleteBeforeReplace }) },
    });
    expect((await run("up", later("2", false))).changes).to.include({ replace: 1 });
    expect(await notes()).to.equal("create-2\ndelete-1");
    expect((await run("up", later("3", true))).changes).to.include({ replace: 1 });
    expect(await notes()).to.equal("create-2\ndelete-1\ndelete-2\ncreate-3");
  });

  it("import an existing resource, which the program then owns", async () => {
    const content = "198.51.100.79";
    const id = await makeRecord({ name: `taken.${domain}`, content, ttl: 1, comment: null });
    const program = { records: { taken: { content } } };
    const imports = [{ type: "cloudflare:index/dnsRecord:DnsRecord", name: "taken", id: recordId(id) }];
    const imported = await startPluginRun({ directory, operation: "import", program, imports }).result;
    expect(imported.error, imported.output).to.equal(undefined);
    expect((await run("up", program)).changes)
      .to.include({ same: 2 })
      .and.not.to.have.property("create");
    expect((await ours()).map((one) => one.id)).to.deep.equal([id]);
    expect((await run("up", {})).changes).to.include({ delete: 1 });
    expect(await ours()).to.deep.equal([]);
  });

  it("finish the step at work when the run is cancelled, and continue in the next run", async () => {
    const program = {
      commands: {
        slow: {
          create:
            "touch /tmp/plugins-begun; until [ -e /tmp/plugins-go ]; do sleep 0.1; done; touch /tmp/plugins-ended",
        },
        next: { create: `echo next > ${log}`, after: "slow" },
      },
    };
    const { pid, result } = start("up", program);
    await poll(() => ssh("home", "test -e /tmp/plugins-begun"), {
      what: "the command to begin",
      timeout: 60_000,
    });
    process.kill(engineOf(descendantsOf(pid)).pid, "SIGINT");
    await ssh("home", "touch /tmp/plugins-go");
    const { error, state } = await result;
    expect(error).to.match(/cancel/);
    await ssh("home", `test -e /tmp/plugins-ended && ! grep -q next ${log}`);
    expect(state).to.contain("::slow").and.not.contain("::next");
    expect((await run("up", program)).changes).to.deep.equal({ same: 2, create: 1 });
    expect(await notes()).to.equal("next");
  });
});

/** The log of creations and deletions on the home host. */
function notes(): Promise<string> {
  return ssh("home", `cat ${log} 2>/dev/null || true`);
}

async function ours() {
  return (await zoneRecords()).filter(({ name }) => [`plugins.${domain}`, `taken.${domain}`].includes(name));
}

function namespaces(): Promise<string> {
  return inCluster(["get", "namespace", "plugins", "--ignore-not-found", "-o", "name"]);
}
