import { expect } from "chai";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { traefikDownload } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { zoneId } from "../../../lab/services/cloudflare/zone.ts";
import { labConfig, stackSecrets } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain, hosts, kubernetes } from "../../../lab/topology.ts";
import { installPackage } from "../../package/install.ts";
import { operatorShell } from "../operatorShell.ts";
import { askUntil, untilUnknown } from "../outside.ts";

const host = `composed.${domain}`;
/** Accessible without credentials: https://kubernetes.io/docs/reference/using-api/health-checks/ */
const url = `https://${host}/livez`;

describe("a user's own program that composes the installed package's components", function () {
  this.timeout(300_000);
  let directory: string;
  before(async () => {
    directory = await installPackage();
  });

  const { run, succeed } = operatorShell(() => directory);

  before("create a stack instead of the lab's", async () => {
    await runStack({ operation: "destroy" });
    const runtime = { name: "nodejs", options: { typescript: false } };
    const project = { name: "composed", runtime, main: "index.ts" };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    await succeed("pulumi stack init own");
    const secrets = stackSecrets();
    await succeed("pulumi config set --secret sshPrivateKey", secrets["mynodeone:sshPrivateKey"]);
    await succeed("pulumi config set --secret cloudflare:apiToken", secrets["cloudflare:apiToken"]);
    const values = { zoneId: zoneId(domain), host, edge: await edgeArgs(), home: await homeArgs() };
    for (const [key, value] of Object.entries(values))
      await succeed(`pulumi config set ${key}`, typeof value === "string" ? value : JSON.stringify(value));
  });

  after(async () => {
    await succeed("pulumi destroy --yes");
    await succeed("pulumi stack rm --yes own");
  });
  after(() => {
    if (directory) rmSync(directory, { recursive: true });
  });

  it("passes preview, which creates nothing", async () => {
    const preview = await succeed("pulumi preview");
    for (const component of ["ControlPlane", "EdgeNode", "SocatProxy", "VpsRoute", "DnsRecord"])
      expect(preview).to.match(new RegExp(`\\+ +.*mynodeone:index:${component} .*create`));
    await untilUnknown(url);
  });

  it("passes up, and its composed route answers from outside", async () => {
    await succeed("pulumi up --yes");
    expect((await askUntil(url, 200)).body).to.equal("ok");
    await succeed("pulumi preview --expect-no-changes");
  });

  it("is checked by the package's policy pack, which refuses a route without safety facts", async () => {
    const { exitCode, output } = await run("pulumi preview --policy-pack node_modules/mynodeone/dist/policy");
    expect(exitCode).not.to.equal(0);
    expect(output).to.include("api: lacks facts that a safety rule needs");
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
