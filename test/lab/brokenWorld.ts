import { expect } from "chai";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { inCluster } from "../../lab/cluster/index.ts";
import { runStack } from "../../lab/operator.ts";
import { paths } from "../../lab/paths.ts";
import type { HostName } from "../../lab/run.ts";
import type { StackRequest } from "../../lab/stack.ts";
import { declaredApps, labConfig } from "../../lab/stackConfig.ts";
import { domain } from "../../lab/topology.ts";
import { failureOf } from "./failure.ts";
import { sections, takeSnapshot } from "./hostSnapshot.ts";

/** Something that is wrong outside of the program. */
export interface BrokenWorld {
  /** Breaks it, or says what else the run is asked for. */
  broken?: () => Promise<unknown>;
  request?: () => Partial<StackRequest> | Promise<Partial<StackRequest>>;
  /** What the one message has to hold: component, option, value, fix. */
  reads: (string | RegExp)[];
  mended?: () => Promise<unknown>;
  /** Whether each host has its own message. @default one message in all */
  eachHost?: boolean;
}

/** The stack as the lab declares it: where the broken worlds begin and end. */
export async function standingStack(): Promise<void> {
  await runStack({ operation: "up" });
}

let asked = 0;

/** The lab's config and one app more, which is another one at each call: a run of it has something to do. */
export function anotherConfig() {
  const config = labConfig();
  const service = { namespace: "immich", name: "immich-server" };
  const spare = { proxyPort: 8099, subdomain: `spare${(asked += 1)}`, service };
  config["mynodeone:apps"] = { ...declaredApps(), spare };
  return config;
}

/**
 * The world is broken, and a run has something to do: it ends in one message, and has changed nothing anywhere.
 * That the next run goes on is seen by the next of these, which meets none but its own trouble, and by `goesOn`.
 */
export async function expectRefusal(world: BrokenWorld): Promise<void> {
  const config = anotherConfig();
  const before = await snapshotOfWorld();
  await world.broken?.();
  let errors: string[];
  try {
    ({ errors } = await errorsOf({ operation: "up", config, ...(await world.request?.()) }));
  } finally {
    await world.mended?.();
  }
  expect(errors, errors.join("\n\n")).to.have.lengthOf.within(1, world.eachHost ? 2 : 1);
  for (const error of errors) for (const text of world.reads) expect(error).to.match(asPattern(text));
  expect(await snapshotOfWorld()).to.deep.equal(before);
}

/**
 * With nothing broken, what was refused all the time is made, with every hop; then it is taken away again. It is the
 * snapshots' control, too: they see each thing that a refused run has to leave alone.
 */
export async function goesOn(): Promise<void> {
  const config = anotherConfig();
  Object.assign(config["mynodeone:apps"].spare ?? {}, {
    internet: true,
    chart: { name: "./lab/charts/stand-in" },
    service: { namespace: "spare", name: "spare" },
  });
  const before = await snapshotOfWorld();
  const { changes } = await runStack({ operation: "up", config });
  expect(changes, "the run after all is mended").to.include.keys("create");
  const after = await snapshotOfWorld();
  const seen = Object.keys(before).filter((part) => after[part]?.join("\n") !== before[part]?.join("\n"));
  const ofHome = ["files", "ufw", "nftables", "services"].map((part) => `home ${part}`);
  expect(seen, "what is another with an app more").to.have.members([
    ...ofHome,
    ...["vps files", "releases", "namespaces", "zone"],
  ]);
  await standingStack();
}

/** What a run that has to fail tells its user. */
export interface Told {
  /** Each error once, without those that only say that there was one. */
  errors: string[];
  /** Warnings too. */
  told: string;
}

/** An error's further lines stand as far in as its first, or further; then another follows, or another resource's. */
const errorText = /^ {4}error: ([^]*?)(?=^ {0,3}\S|^ {4}(?:error|warning|info|debug): |$(?![^]))/gm;

/** What a run tells that has to fail. */
export async function errorsOf(request: StackRequest): Promise<Told> {
  const failure = await failureOf(runStack(request));
  const [, diagnostics = failure] = failure.split(/^Diagnostics:$/m);
  const [told = ""] = diagnostics.split(/^(?:Outputs|Resources|Duration):/m);
  const errors = [...told.matchAll(errorText)].map(([, text = ""]) => text.trim());
  // An error of the program itself is shown twice by the Automation API, word for word.
  const different = [...new Set(errors)].filter((text) => !/^(update|preview) failed$/.test(text));
  return { errors: different, told };
}

/** All that a run could change, by part: files, services and rules of each host, records, releases. */
export async function snapshotOfWorld(): Promise<Record<string, string[]>> {
  const [home, vps, releases, namespaces] = await Promise.all([
    partsOf("home"),
    partsOf("vps"),
    inCluster(["get", "secrets", "-A", "-l", "owner=helm", "-o", "name"]),
    inCluster(["get", "namespaces", "-o", "name"]),
  ]);
  const zone = readFileSync(join(paths.lab, "internet", "zones", `db.${domain}`), "utf8");
  const texts = Object.entries({ releases, namespaces, zone });
  return { ...home, ...vps, ...Object.fromEntries(texts.map(([name, text]) => [name, text.split("\n")])) };
}

/** Those of one host. */
export async function partsOf(host: HostName): Promise<Record<string, string[]>> {
  const snapshot = await takeSnapshot(host, hostSections);
  return Object.fromEntries(Object.entries(snapshot).map(([name, lines]) => [`${host} ${name}`, lines]));
}

/** Kubernetes and user sessions change theirs in their own time. */
const hostSections = {
  files: "find /etc /usr/local /home -xdev -type f -exec sha256sum {} +",
  ufw: sections.ufw,
  nftables: sections.nftables,
  services:
    "systemctl list-units --type=service --state=running --no-legend --plain | awk '{ print $1 }' | grep -Ev '^(run-|user)'",
};

function asPattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")) : text;
}
