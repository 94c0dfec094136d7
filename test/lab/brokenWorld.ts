import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import type { StackRequest } from "../../lab/stack.ts";
import { declaredApps, labConfig } from "../../lab/stackConfig.ts";
import { immichService, standInChart } from "./apps.ts";
import { failureOf } from "./failure.ts";
import type { Selection } from "./hostSnapshot.ts";
import { standingStack } from "./standingStack.ts";
import { helmRevisions, lookAtWorld, type World } from "./world.ts";

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

let asked = 0;

/** The lab's config and one app more, which is another one at each call: a run of it has something to do. */
export function anotherConfig() {
  const config = labConfig();
  const spare = { proxyPort: 8099, subdomain: `spare${(asked += 1)}`, service: immichService };
  config["mynodeone:apps"] = { ...declaredApps(), spare };
  return config;
}

/** Call this in the body of a suite: it makes a test for each entry, and `goesOn` comes after all of them. */
export function itRefuses(worlds: Record<string, BrokenWorld>): void {
  before(standingStack);
  after(goesOn);

  for (const [what, world] of Object.entries(worlds)) {
    it(what, () => expectRefusal(world));
  }
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
  const after = await snapshotOfWorld();
  const changed = [
    ...before.hosts.filter((line) => !after.hosts.includes(line)).map((line) => `- ${line}`),
    ...after.hosts.filter((line) => !before.hosts.includes(line)).map((line) => `+ ${line}`),
  ];
  expect(changed, "what is another on the hosts").to.deep.equal([]);
  expect(after).to.deep.equal(before);
}

/**
 * With nothing broken, what was refused all the time is made, with every hop; then it is taken away again. It is the
 * snapshots' control, too: they see each thing that a refused run has to leave alone.
 */
async function goesOn(): Promise<void> {
  const config = anotherConfig();
  Object.assign(config["mynodeone:apps"].spare ?? {}, {
    internet: true,
    chart: standInChart,
    service: { namespace: "spare", name: "spare" },
  });
  const before = await snapshotOfWorld();
  const { changes } = await runStack({ operation: "up", config });
  expect(changes, "the run after all is mended").to.include.keys("create");
  const after = await snapshotOfWorld();
  const seen = (["records", "revisions", "releases", "namespaces"] as const).filter(
    (part) => after[part].join("\n") !== before[part].join("\n"),
  );
  expect(seen).to.have.lengthOf(4);
  // A line's first words: the host, and the kind of thing.
  const kinds = after.hosts
    .filter((line) => !before.hosts.includes(line))
    .flatMap((line) => /^(?:home|vps) \w+/.exec(line)?.[0] ?? []);
  expect([...new Set(kinds)], "what is another with an app more").to.have.members([
    ...["home file", "home unit", "home rule", "home table"],
    "vps file",
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
  // An error of the program itself is shown twice by the Automation API, word for word. A bridged provider logs what a
  // vendor has refused before the program can say what that means.
  const different = [...new Set(errors)].filter(
    (text) => !/^(update|preview) failed$|^\[ERROR\] /.test(text),
  );
  return { errors: different, told };
}

/** All that a run could change: whole trees of files, all services and rules of each host, records, releases. */
export async function snapshotOfWorld(): Promise<World & { revisions: string[] }> {
  const [world, revisions] = await Promise.all([lookAtWorld(changeable), helmRevisions()]);
  return { ...world, revisions };
}

/** Of a host. Kubernetes changes its tables in its own time. */
export const changeable: Selection = {
  file: "/etc /usr/local /home",
  unit: "'*.service' '*.timer'",
  rule: "",
  table: "-v kube-proxy",
};

function asPattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")) : text;
}
