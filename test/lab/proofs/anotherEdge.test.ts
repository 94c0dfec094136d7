import { expect } from "chai";
import { hostKey } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import { poll } from "../../../lab/poll.ts";
import type { HostName } from "../../../lab/run.ts";
import { removeSpareEdge, startSpareEdge } from "../../../lab/spareEdge.ts";
import { labConfig, type LabConfig } from "../../../lab/stackConfig.ts";
import { tailnetAddresses } from "../../../lab/tailnet.ts";
import { domain, hosts, spareEdge } from "../../../lab/topology.ts";
import { zoneRecords } from "../../../lab/vendors.ts";
import { askWhile } from "../asker.ts";
import { changesOfRun, takeFootprint, type Footprint } from "../footprint.ts";
import { changesBetween } from "../hostSnapshot.ts";
import { leadToLabsApi, leadToVendorsApi } from "../labsApi.ts";
import { askUntil, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

type Edge = LabConfig["mynodeone:edges"][number];

const names = [`photos.${domain}`, `vault.${domain}`];
const [photos = ""] = names;
const photosUrl = `https://${photos}/get`;

describe("a second edge", () => {
  /** Each test changes it further. */
  let config: LabConfig;
  let first: Edge;
  let spare: Edge;
  /** The second VPS before the program has been on it. */
  let untouched: Footprint;

  before(async () => {
    await startSpareEdge();
    for (const edge of ["vps", spareEdge] as const) await leadToLabsApi(edge);
    config = labConfig();
    // With several edges, the only challenge that each edge can fulfil alone.
    config["mynodeone:acme"].challenge = "dns-01";
    await runStack({ operation: "up", config });
    for (const name of names) await askUntil(`https://${name}/get`, 200);
    [first] = config["mynodeone:edges"] as [Edge];
    spare = {
      ...first,
      name: "spare",
      publicIp: hosts[spareEdge].address,
      device: spareEdge,
      ssh: { ...first.ssh, hostKey: hostKey(spareEdge) },
    };
    untouched = await takeFootprint([spareEdge]);
  });

  after(async () => {
    await standingStack();
    await removeSpareEdge();
    await leadToVendorsApi("vps");
  });

  it("serves every app before DNS names it, while the first edge's Traefik keeps running", async () => {
    const before = await takeFootprint();
    config["mynodeone:edges"] = [first, spare];
    let early: string[] = [];
    const seen = await askWhile([photosUrl], async () => {
      [early] = await Promise.all([
        Promise.all(names.map(firstAnswer)),
        runStack({ operation: "up", config }),
      ]);
    });
    expect(early).to.deep.equal(["200", "200"]);
    expect(seen[photosUrl]?.failures).to.deep.equal([]);

    const [vps2, home] = [await tailnetAddresses(spareEdge), await tailnetAddresses("home")];
    const ofApp = (app: string, port: number) => [
      `~ home file /etc/systemd/system/${app}-proxy.socket`,
      `~ home file /etc/mynodeone/${app}-proxy.nft`,
      `~ home file /etc/mynodeone/${app}-proxy.published`,
      `~ home table inet mynodeone_${app}`,
      `+ home rule allow in on tailscale0 from ${vps2.ipv4} to ${home.ipv4} port ${port} proto tcp comment 'mynodeone ${app}'`,
    ];
    expect(changesOfRun(before, await takeFootprint())).to.have.members([
      ...ofApp("immich", 8080),
      ...ofApp("vaultwarden", 8082),
      "~ home file /etc/mynodeone/mynodeone-edges.nft",
      "~ home table inet mynodeone-edges",
      ...names.map((name) => `+ record ${name} ${hosts[spareEdge].address}`),
    ]);
    for (const edge of ["vps", spareEdge] as const)
      expect(await statusAt(edge, photos), edge).to.equal("200");
  });

  it("serves all apps after the first edge is removed, which leaves nothing on that host", async () => {
    config["mynodeone:edges"] = [spare];
    await runStack({ operation: "up", config });
    expect(await addressesOf(photos)).to.deep.equal([hosts[spareEdge].address]);
    for (const name of names) await askUntil(`https://${name}/get`, 200);
    const [left, fresh] = [namesOn(await takeFootprint(["vps"])), namesOn(untouched)];
    expect(left).to.deep.equal(fresh);
    // The control: an active edge has more things on it.
    expect(namesOn(await takeFootprint([spareEdge]))).not.to.deep.equal(fresh);
  });

  it("can be replaced by another edge, which leaves nothing on it", async () => {
    await standingStack();
    await askUntil(photosUrl, 200);
    expect(await addressesOf(photos)).to.deep.equal([hosts.vps.address]);
    expect(changesBetween(untouched, await takeFootprint([spareEdge])).filter(ofHost)).to.deep.equal([]);
  });
});

/** The spare edge's answer as soon as the zone names it for this host. */
async function firstAnswer(name: string): Promise<string> {
  await poll(async () => expect(await addressesOf(name)).to.include(hosts[spareEdge].address), {
    what: `${name} to lead to the new edge`,
    timeout: 400_000,
    interval: 300,
  });
  return statusAt(spareEdge, name).catch(String);
}

/** The addresses of the host in the zone. */
async function addressesOf(host: string): Promise<string[]> {
  return (await zoneRecords()).filter(({ name }) => name === host).map(({ content }) => content);
}

/** Requests the host from one of the edges, independently of DNS; its certificate has to be valid. */
function statusAt(edge: HostName, host: string): Promise<string> {
  return statusOf(`https://${host}/get`, "--resolve", `${host}:443:${hosts[edge].address}`);
}

/** The names without the host, and without the zone's records. */
function namesOn(footprint: Footprint): string[] {
  return [...footprint.keys()]
    .filter((name) => !name.startsWith("record "))
    .map((name) => name.replace(/^\S+ /, ""))
    .sort();
}

const ofHost = (change: string) => !change.includes(" record ");
