import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import type { StackRequest } from "../../lab/stack.ts";
import { declaredApps, labConfig } from "../../lab/stackConfig.ts";
import { immichService, standInChart } from "./apps.ts";
import { failureOf } from "./failure.ts";
import type { Selection } from "./hostSnapshot.ts";
import { standingStack } from "./standingStack.ts";
import { helmRevisions, takeLabSnapshot, type LabSnapshot } from "./labSnapshot.ts";

/** A fault outside of the program. */
export interface Fault {
  /** Causes the fault; `request` changes the run instead. */
  cause?: () => Promise<unknown>;
  request?: () => Partial<StackRequest> | Promise<Partial<StackRequest>>;
  /** Texts in the only message: component, option, value, fix. */
  message: (string | RegExp)[];
  repair?: () => Promise<unknown>;
  /** Whether each host has its own message. @default one message in total */
  eachHost?: boolean;
}

let calls = 0;

/** The lab's config with one more app, which differs at each call, so that a run has something to do. */
export function anotherConfig() {
  const config = labConfig();
  const spare = { proxyPort: 8099, subdomain: `spare${(calls += 1)}`, service: immichService };
  config["mynodeone:apps"] = { ...declaredApps(), spare };
  return config;
}

/** Call this in the body of a suite: it defines a test for each entry, and runs `expectLaterRuns` after all of them. */
export function itRefuses(faults: Record<string, Fault>): void {
  before(standingStack);
  after(expectLaterRuns);

  for (const [title, fault] of Object.entries(faults)) {
    it(title, () => expectRefusal(fault));
  }
}

/**
 * A run with something to do meets the fault, ends with one message and changes nothing anywhere. The next such test,
 * which reports only its own fault, and `expectLaterRuns` show that later runs work again.
 */
export async function expectRefusal(fault: Fault): Promise<void> {
  const config = anotherConfig();
  const before = await takeFullSnapshot();
  await fault.cause?.();
  let errors: string[];
  try {
    ({ errors } = await errorsOf({ operation: "up", config, ...(await fault.request?.()) }));
  } finally {
    await fault.repair?.();
  }
  expect(errors, errors.join("\n\n")).to.have.lengthOf.within(1, fault.eachHost ? 2 : 1);
  for (const error of errors) for (const text of fault.message) expect(error).to.match(asPattern(text));
  const after = await takeFullSnapshot();
  const changed = [
    ...before.hosts.filter((line) => !after.hosts.includes(line)).map((line) => `- ${line}`),
    ...after.hosts.filter((line) => !before.hosts.includes(line)).map((line) => `+ ${line}`),
  ];
  expect(changed, "changes on the hosts").to.deep.equal([]);
  expect(after).to.deep.equal(before);
}

/**
 * Without a fault, the refused app is created with every hop, and then removed. This is also the snapshots' control:
 * they show each kind of thing that a refused run has to leave unchanged.
 */
async function expectLaterRuns(): Promise<void> {
  const config = anotherConfig();
  Object.assign(config["mynodeone:apps"].spare ?? {}, {
    internet: true,
    chart: standInChart,
    service: { namespace: "spare", name: "spare" },
  });
  const before = await takeFullSnapshot();
  const { changes } = await runStack({ operation: "up", config });
  expect(changes, "the run after all repairs").to.include.keys("create");
  const after = await takeFullSnapshot();
  const seen = (["records", "revisions", "releases", "namespaces"] as const).filter(
    (part) => after[part].join("\n") !== before[part].join("\n"),
  );
  expect(seen).to.have.lengthOf(4);
  // The first words of a line: the host and the kind.
  const kinds = after.hosts
    .filter((line) => !before.hosts.includes(line))
    .flatMap((line) => /^(?:home|vps) \w+/.exec(line)?.[0] ?? []);
  expect([...new Set(kinds)], "changes on the hosts with one more app").to.have.members([
    ...["home file", "home unit", "home rule", "home table"],
    "vps file",
  ]);
  await standingStack();
}

/** The messages of a run that has to fail. */
export interface Refusal {
  /** Each error once, without those that only say that the operation failed. */
  errors: string[];
  /** All messages, including warnings. */
  output: string;
}

/** Further lines of an error are indented at least as far as its first; then another message or resource follows. */
const errorText = /^ {4}error: ([^]*?)(?=^ {0,3}\S|^ {4}(?:error|warning|info|debug): |$(?![^]))/gm;

/** Runs an operation that has to fail, and returns its messages. */
export async function errorsOf(request: StackRequest): Promise<Refusal> {
  const failure = await failureOf(runStack(request));
  const [, diagnostics = failure] = failure.split(/^Diagnostics:$/m);
  const [output = ""] = diagnostics.split(/^(?:Outputs|Resources|Duration):/m);
  const errors = [...output.matchAll(errorText)].map(([, text = ""]) => text.trim());
  // The Automation API shows an error of the program itself twice, word for word. A bridged provider logs a vendor's
  // refusal before the program can explain it.
  const different = [...new Set(errors)].filter(
    (text) => !/^(update|preview) failed$|^\[ERROR\] /.test(text),
  );
  return { errors: different, output };
}

/** Everything that a run could change: whole trees of files, all services and rules of each host, records, releases. */
export async function takeFullSnapshot(): Promise<LabSnapshot & { revisions: string[] }> {
  const [snapshot, revisions] = await Promise.all([takeLabSnapshot(changeable), helmRevisions()]);
  return { ...snapshot, revisions };
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
