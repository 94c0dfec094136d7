import { expect } from "chai";
import { readFileSync } from "node:fs";
import { logFile } from "../../../lab/daemon.ts";
import { otherAcmeDirectory, startOtherAcme, stopOtherAcme } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { runInNetwork, ssh } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { ask, askUntil, curlExit, refusal } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const hosts = ["photos.lab.test", "vault.lab.test"];

interface Certificate {
  issuer: string;
  serial: string;
}

/** The certificate that a browser receives. */
async function certificateOf(host: string): Promise<Certificate> {
  const ask = `openssl s_client -connect ${host}:443 -servername ${host} </dev/null 2>/dev/null`;
  const command = `${ask} | openssl x509 -noout -issuer -serial`;
  const said = await runInNetwork("client", ["sh", "-c", command]);
  const [issuer = "", serial = ""] = said.split("\n");
  return { issuer, serial };
}

const shown = () => Promise.all(hosts.map(certificateOf));
/** All orders that the lab's own authority has received. */
const orders = () => readFileSync(logFile("acme"), "utf8").split("POST /order-plz").length;
const stores = () => ssh("vps", "sudo find /var/lib/traefik -name 'acme*.json' | sort");

async function upWith(server?: string): Promise<string> {
  const config = labConfig();
  if (server !== undefined) config["mynodeone:acme"].server = server;
  let output = "";
  await runStack({ operation: "up", config }, (text) => (output += text));
  // The client has to accept the certificate of the other authority.
  for (const host of hosts) await askUntil(`https://${host}/get`, 200);
  return output;
}

describe("another ACME server", () => {
  let first: Certificate[];
  let second: Certificate[];

  before(async () => {
    await startOtherAcme();
    await standingStack();
    for (const host of hosts) await askUntil(`https://${host}/get`, 200);
    first = await shown();
  });

  after(async () => {
    await standingStack();
    await stopOtherAcme();
  });

  it("issues new certificates for all apps, and the old authority's are no longer served", async () => {
    const output = await upWith(otherAcmeDirectory);
    expect(output).not.to.contain("no certificate for");
    second = await shown();
    const old = first.map(({ issuer }) => issuer);
    for (const { issuer } of second)
      expect(issuer)
        .to.match(/Pebble/)
        .and.not.be.oneOf(old);
  });

  it("keeps the old authority's certificates and keys, which are used again without an order", async () => {
    expect((await stores()).split("\n")).to.have.lengthOf.above(1);
    const before = orders();
    await upWith();
    expect(await shown()).to.deep.equal(first);
    expect(orders()).to.equal(before);

    await upWith(otherAcmeDirectory);
    expect(await shown()).to.deep.equal(second);
  });

  it("that does not answer is reported, and no app serves the old authority's certificate meanwhile", async () => {
    await stopOtherAcme();
    let output = "";
    const config = labConfig();
    config["mynodeone:acme"].server = `${otherAcmeDirectory}?another`;
    await runStack({ operation: "up", config }, (text) => (output += text));
    for (const host of hosts) expect(output).to.contain(`no certificate for ${host} yet`);
    for (const host of hosts) expect(await refusal(`https://${host}`)).to.equal(curlExit.handshakeRefused);

    await upWith();
    expect(await shown()).to.deep.equal(first);
    expect((await ask(`https://${hosts[0]}/get`)).status).to.equal(200);
  });
});
