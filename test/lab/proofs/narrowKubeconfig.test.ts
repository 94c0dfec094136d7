import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterAccess } from "../../../cli/clusterAccess.ts";
import { inCluster } from "../../../lab/cluster/index.ts";
import { runStack } from "../../../lab/operator.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { poll } from "../../../lab/poll.ts";
import { kubernetes } from "../../../lab/topology.ts";
import { errorsOf } from "../refusal.ts";
import { askUntil } from "../outside.ts";
import { destroy, page, smallStack, withPage } from "../smallStack.ts";

const url = "https://page.lab.test/get";
const access = clusterAccess(["page"]);

/** The commands of docs/kubeconfig.md, for the lab's API server. */
async function narrowKubeconfig(): Promise<string> {
  const text = readFileSync(join(projectRoot, "docs/kubeconfig.md"), "utf8");
  const [, command = "", template = ""] = /^kubectl (.*)='\n([^']*)' \| pulumi/m.exec(text) ?? [];
  const words = command.split(" ");
  const here = template.replace(/https:[^"]*/, kubernetes.apiServer);
  expect(here).to.contain(kubernetes.apiServer);
  return poll(
    async () => {
      const config = await inCluster([...words.slice(0, -1), `${words.at(-1) ?? ""}=${here}`]);
      expect(config).to.match(/token: \S{100}/);
      return config;
    },
    { what: "the token of the account", timeout: 30_000 },
  );
}

describe("a kubeconfig for the program only", () => {
  let directory: string;
  let secrets: Record<string, string>;

  /** kubectl as the narrow account: its output, or its error. */
  const asAccount = (...args: string[]) =>
    inCluster(["--kubeconfig", join(directory, "config"), ...args]).catch((error: unknown) => String(error));

  before(async () => {
    await runStack(destroy);
    await inCluster(["apply", "--filename", "-"], access);
    directory = mkdtempSync(join(tmpdir(), "mynodeone-narrow-"));
    const config = await narrowKubeconfig();
    writeFileSync(join(directory, "config"), config, { mode: 0o600 });
    secrets = { "mynodeone:kubeconfig": config };
  });

  after(async () => {
    await runStack(destroy);
    await inCluster(["delete", "--ignore-not-found", "--filename", "-"], access);
    rmSync(directory, { recursive: true });
  });

  it("is enough for preview, up, a change, a refresh and destroy of an app", async () => {
    await runStack({ ...withPage, operation: "preview", secrets });
    const { changes: made } = await runStack({ ...withPage, secrets });
    expect(made).to.include.keys("create");
    await askUntil(url, 200);
    const changed = { ...page, values: { standIn: { env: { HTTPBIN_ENV_TOLD: "again" } } } };
    const { changes } = await runStack({
      ...withPage,
      apps: { ...smallStack, page: changed },
      secrets,
      refresh: true,
    });
    expect(changes).to.include.keys("update");
    const { body } = await askUntil("https://page.lab.test/env", 200);
    expect(JSON.parse(body)).to.deep.equal({ env: { HTTPBIN_ENV_TOLD: "again" } });
    await runStack({ ...destroy, secrets });
    expect(await inCluster(["get", "deployments", "--namespace", "page", "--output", "name"])).to.equal("");
  });

  it("gives no access to other namespaces, their Secrets or roles, but to the app's Secrets (the control)", async () => {
    const closed = [
      ["get", "secrets", "--namespace", "kube-system"],
      ["get", "secrets", "--all-namespaces"],
      ["get", "secret", "mynodeone", "--namespace", "mynodeone"],
      ["create", "deployment", "intruder", "--image=x", "--namespace", "kube-system"],
      ["create", "clusterrolebinding", "intruder", "--clusterrole=cluster-admin", "--user=intruder"],
      [
        "create",
        "rolebinding",
        "intruder",
        "--clusterrole=cluster-admin",
        "--user=intruder",
        "--namespace",
        "page",
      ],
      ["delete", "namespace", "page"],
      ["get", "--raw", "/api/v1/nodes/any/proxy/pods"],
    ];
    for (const words of closed) expect(await asAccount(...words), words.join(" ")).to.match(/[Ff]orbidden/);
    await inCluster(["create", "secret", "generic", "own", "--namespace", "page"]);
    expect(await asAccount("get", "secrets", "--namespace", "page", "--output", "name")).to.contain(
      "secret/own",
    );
    await inCluster(["delete", "secret", "own", "--namespace", "page"]);
  });

  it("that lacks a permission is refused, and the message names the permission", async () => {
    await inCluster(["delete", "clusterrolebinding", "mynodeone"]);
    const { errors: messages } = await errorsOf({ ...withPage, operation: "preview", secrets });
    expect(messages.join("\n")).to.contain("mynodeone:kubeconfig is not allowed to list Services (403)");
    await inCluster(["apply", "--filename", "-"], access);
    await inCluster(["delete", "rolebinding", "mynodeone", "--namespace", "page"]);
    const { errors: installed } = await errorsOf({ ...withPage, secrets });
    expect(installed.join("\n")).to.match(/forbidden/i);
    await inCluster(["apply", "--filename", "-"], access);
    await runStack({ ...withPage, secrets });
    await askUntil(url, 200);
  });
});
