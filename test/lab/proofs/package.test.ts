import { expect } from "chai";
import { execa } from "execa";
import { rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { engineEnvironment } from "../../../lab/engine.ts";
import { traefikDownload } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { paths } from "../../../lab/paths.ts";
import { insideNetwork } from "../../../lab/run.ts";
import { zoneId } from "../../../lab/services/cloudflare/zone.ts";
import { labConfig, stackSecrets } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain, hosts, kubernetes } from "../../../lab/topology.ts";
import { installPackage } from "../../package/install.ts";
import { askUntil, untilUnknown } from "../outside.ts";

const host = `composed.${domain}`;
/** Anybody may ask it: https://kubernetes.io/docs/reference/using-api/health-checks/ */
const url = `https://${host}/livez`;

describe("a program of a user's own, that composes components of the installed package", function () {
  this.timeout(120_000);
  let directory: string;

  /** A command in the user's folder, on the operator's machine. */
  async function type(command: string, input = ""): Promise<{ exitCode: number; output: string }> {
    const [program, args] = insideNetwork("laptop", command.split(" "));
    const { exitCode = -1, all } = await execa(program, args, {
      cwd: directory,
      env: { ...engineEnvironment, PATH: `${paths.bin}${delimiter}${process.env.PATH ?? ""}` },
      input,
      all: true,
      reject: false,
    });
    return { exitCode, output: all };
  }

  async function succeeds(command: string, input?: string): Promise<string> {
    const { exitCode, output } = await type(command, input);
    expect(exitCode, `${command}\n${output}`).to.equal(0);
    return output;
  }

  before("install the package, and write the stack's config", async () => {
    [directory] = await Promise.all([installPackage(), runStack({ operation: "destroy" })]);
    const runtime = { name: "nodejs", options: { typescript: false } };
    const project = { name: "composed", runtime, main: "index.ts" };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    await succeeds("pulumi stack init own");
    const secrets = stackSecrets();
    await succeeds("pulumi config set --secret sshPrivateKey", secrets["mynodeone:sshPrivateKey"]);
    await succeeds("pulumi config set --secret cloudflare:apiToken", secrets["cloudflare:apiToken"]);
    const values = { zoneId: zoneId(domain), host, edge: await edgeArgs(), home: await homeArgs() };
    for (const [key, value] of Object.entries(values))
      await succeeds(`pulumi config set ${key}`, typeof value === "string" ? value : JSON.stringify(value));
  });

  after(async () => {
    if (!directory) return;
    try {
      await succeeds("pulumi destroy --yes");
      await succeeds("pulumi stack rm --yes own");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("goes through preview, which makes nothing", async () => {
    const preview = await succeeds("pulumi preview");
    for (const component of ["ControlPlane", "EdgeNode", "SocatProxy", "VpsRoute", "DnsRecord"])
      expect(preview).to.match(new RegExp(`\\+ +.*mynodeone:index:${component} .*create`));
    await untilUnknown(url);
  });

  it("goes through up, and what it composed answers from outside", async () => {
    await succeeds("pulumi up --yes");
    expect((await askUntil(url, 200)).body).to.equal("ok");
    await succeeds("pulumi preview --expect-no-changes");
  });

  it("is judged by the package's policy pack: a route that says nothing of its safety is refused", async () => {
    const { exitCode, output } = await type(
      "pulumi preview --policy-pack node_modules/mynodeone/dist/policy",
    );
    expect(exitCode).not.to.equal(0);
    expect(output).to.include("api: does not say all that a safety rule asks for");
  });
});

async function edgeArgs(): Promise<object> {
  const { "mynodeone:acme": acme, "mynodeone:edges": edges } = labConfig();
  const { ipv4 } = await tailnetAddresses("vps");
  const { address } = hosts.vps;
  const ssh = { ...edges[0]?.ssh, host: address };
  return { publicIp: address, tailnetIp: ipv4, ssh, acme, traefik: traefikDownload() };
}

async function homeArgs(): Promise<object> {
  const { "mynodeone:controlPlane": home } = labConfig();
  const [{ ipv4 }, edge] = await Promise.all([tailnetAddresses("home"), tailnetAddresses("vps")]);
  return {
    tailnetIp: ipv4,
    clusterDns: kubernetes.clusterDns,
    nodeAddresses: [hosts.home.address],
    edges: [edge.ipv4],
    ssh: home.ssh,
  };
}
