import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import type { StackRequest } from "../../lab/stack.ts";
import { declaredApps, labConfig } from "../../lab/stackConfig.ts";
import { immichService, standInChart } from "./apps.ts";
import { failureOf } from "./failure.ts";
import type { Selection } from "./hostSnapshot.ts";
import { standingStack } from "./standingStack.ts";
import { helmRevisions, lookAtWorld, type World } from "./world.ts";

/** A fault outside of the program. */
export interface BrokenWorld {
  /** Causes the fault; `request` changes the run instead. */
  broken?: () => Promise<unknown>;
  request?: () => Partial<StackRequest> | Promise<Partial<StackRequest>>;
  /** Texts in the only message: component, option, value, fix. */
  reads: (string | RegExp)[];
  mended?: () => Promise<unknown>;
  /** Whether each host has its own message. @default one message in total */
  eachHost?: boolean;
}

let asked = 0;

/** The lab's config with one more app, which differs at each call, so that a run has something to do. */
export function anotherConfig() {
  const config = labConfig();
  const spare = { proxyPort: 8099, subdomain: `spare${(asked += 1)}`, service: immichService };
  config["mynodeone:apps"] = { ...declaredApps(), spare };
  return config;
}

/** Call this in the body of a suite: it defines a test for each entry, and runs `goesOn` after all of them. */
export function itRefuses(worlds: Record<string, BrokenWorld>): void {
  before(standingStack);
  after(goesOn);

  for (const [what, world] of Object.entries(worlds)) {
    it(what, () => expectRefusal(world));
  }
}

/**
 * A run with something to do meets the fault, ends with one message and changes nothing anywhere. The next such test,
 * which reports only its own fault, and `goesOn` show that later runs work again.
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
 * Without a fault, the refused app is created with every hop, and then removed. This is also the snapshots' control:
 * they show each kind of thing that a refused run has to leave unchanged.
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
  // The first words of a line: the host and the kind.
  const kinds = after.hosts
    .filter((line) => !before.hosts.includes(line))
    .flatMap((line) => /^(?:home|vps) \w+/.exec(line)?.[0] ?? []);
  expect([...new Set(kinds)], "what is another with an app more").to.have.members([
    ...["home file", "home unit", "home rule", "home table"],
    "vps file",
  ]);
  await standingStack();
}

/** The messages of a run that has to fail. */
export interface Told {
  /** Each error once, without those that only say that the operation failed. */
  errors: string[];
  /** All messages, including warnings. */
  told: string;
}

/** Further lines of an error are indented at least as far as its first; then another message or resource follows. */
const errorText = /^ {4}error: ([^]*?)(?=^ {0,3}\S|^ {4}(?:error|warning|info|debug): |$(?![^]))/gm;

/** Runs an operation that has to fail, and returns its messages. */
export async function errorsOf(request: StackRequest): Promise<Told> {
  const failure = await failureOf(runStack(request));
  const [, diagnostics = failure] = failure.split(/^Diagnostics:$/m);
  const [told = ""] = diagnostics.split(/^(?:Outputs|Resources|Duration):/m);
  const errors = [...told.matchAll(errorText)].map(([, text = ""]) => text.trim());
  // The Automation API shows an error of the program itself twice, word for word. A bridged provider logs a vendor's
  // refusal before the program can explain it.
  const different = [...new Set(errors)].filter(
    (text) => !/^(update|preview) failed$|^\[ERROR\] /.test(text),
  );
  return { errors: different, told };
}

/** Everything that a run could change: whole trees of files, all services and rules of each host, records, releases. */
export async function snapshotOfWorld(): Promise<World & { revisions: string[] }> {
  const [world, revisions] = await Promise.all([lookAtWorld(changeable), helmRevisions()]);
  return { ...world, revisions };
}

/** The relevant things of a host. Kubernetes changes its tables at any time. */
export const changeable: Selection = {
  file: "/etc /usr/local /home",
  unit: "'*.service' '*.timer'",
  rule: "",
  table: "-v kube-proxy",
};

function asPattern(text: string | RegExp): RegExp {
  return typeof text === "string" ? new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")) : text;
}
