import { expect } from "chai";
import fc from "fast-check";
import type { Topology } from "../../../../exposure/topology.ts";
import { compareTopologies } from "../../../../exposure/plan/compare.ts";
import { printable, renderMarkdown, renderText } from "../../../../exposure/plan/render.ts";
import { anyText } from "../../arbitraries.ts";
import { anApp, topologyOf, type TestApp } from "../../components/platform.ts";
import { matchSnapshot } from "../../snapshot.ts";

/** An app without access restrictions, unless `more` adds some. */
function app(name: string, more: Partial<TestApp> = {}): TestApp {
  const host = `${name}.example.com`;
  return anApp({ name, host, hosts: [host], hsts: false, ...more });
}

const inTailnet = { internet: false };
const inCluster = { internet: false, proxyPort: undefined };

const kong = { namespace: "kubernetes-dashboard", name: "kong", port: 443, scheme: "http" as const };

/** One `ipAllowList` for each network. */
function guarded(...networks: string[]): Partial<TestApp> {
  return { middlewares: networks.map((network) => ({ ipAllowList: { sourceRange: [network] } })) };
}

const login = (...users: string[]): Partial<TestApp> => ({
  middlewares: [{ basicAuth: { users } }],
});

const asking = (address: string): Partial<TestApp> => ({
  middlewares: [{ forwardAuth: { address } }],
});

/** The printed lines of a plan. */
function lines(before: TestApp[] | undefined, after: TestApp[]): string[] {
  const plan = compareTopologies(before && topologyOf(...before), topologyOf(...after));
  return renderText(plan).trimEnd().split("\n").slice(0, -1);
}

describe("the plan", () => {
  const cases: [string, TestApp[] | undefined, TestApp[], string[]][] = [
    [
      "every app on the first run",
      undefined,
      [app("a"), app("b", inTailnet)],
      [
        "+ a  new, becomes public: https://a.example.com, from everywhere",
        "~ b  new, for the tailnet only (http://100.64.0.2:8080)",
      ],
    ],
    ["nothing if no app changes", [app("a"), app("b", inTailnet)], [app("a"), app("b", inTailnet)], []],
    [
      "an app that becomes public",
      [app("a", inTailnet)],
      [app("a")],
      [
        "+ a  was for the tailnet only (http://100.64.0.2:8080), becomes public: https://a.example.com, from everywhere",
      ],
    ],
    [
      "an app that leaves the internet",
      [app("a")],
      [app("a", inTailnet)],
      ["- a  no longer public: https://a.example.com; stays for the tailnet only (http://100.64.0.2:8080)"],
    ],
    [
      "removed apps",
      [app("a"), app("b", inTailnet)],
      [],
      [
        "- a  removed, no longer public: https://a.example.com",
        "~ b  removed, was for the tailnet only (http://100.64.0.2:8080)",
      ],
    ],
    [
      "an app that loses its proxy",
      [app("a", inTailnet)],
      [app("a", inCluster)],
      [
        "~ a  now inside the cluster only (http://immich-server.immich.svc:80), was for the tailnet only (http://100.64.0.2:8080)",
      ],
    ],
    [
      "changed host names",
      [app("a", { hosts: ["a.example.com", "b.example.com"] })],
      [app("a", { hosts: ["a.example.com", "example.com"] })],
      ["+ a  becomes public: https://example.com, from everywhere; no longer public: https://b.example.com"],
    ],
    [
      "nothing if host names are only reordered",
      [app("a", { hosts: ["a.example.com", "b.example.com"] })],
      [app("a", { hosts: ["b.example.com", "a.example.com"] })],
      [],
    ],
    [
      "added access restrictions",
      [app("a")],
      [
        app("a", {
          basicAuthUsers: "me:hash",
          allowFrom: ["192.0.2.0/24"],
          middlewares: [{ forwardAuth: {} }],
        }),
      ],
      ["- a  the edge asks for a password; only from 192.0.2.0/24; through forwardAuth"],
    ],
    [
      "removed access restrictions",
      [
        app("a", {
          basicAuthUsers: "me:hash",
          allowFrom: ["192.0.2.0/24"],
          middlewares: [{ forwardAuth: {} }],
        }),
      ],
      [app("a")],
      [
        "+ a  the edge no longer asks for a password; from everywhere, was only from 192.0.2.0/24; no longer through forwardAuth",
      ],
    ],
    [
      "changes of the allowed clients",
      [app("a", { allowFrom: ["192.0.2.1", "192.0.2.2"] })],
      [app("a", { allowFrom: ["192.0.2.2", "192.0.2.3"] })],
      ["+ a  also from 192.0.2.3; no longer from 192.0.2.1"],
    ],
    [
      "changes that let nobody else in",
      [app("a")],
      [
        app("a", {
          cdn: true,
          rateLimit: { average: 5, burst: 9 },
          middlewares: [{ compress: {} }],
        }),
      ],
      ["~ a  through compress; rate limit 5/s, 9 at once; through Cloudflare"],
    ],
    [
      "a backend that changes to another Service",
      [app("a"), app("b", inTailnet)],
      [app("a", { service: kong }), app("b", { ...inTailnet, service: kong })],
      [
        "+ a  leads to kubernetes-dashboard/kong:443, no longer to immich/immich-server:80",
        "~ b  leads to kubernetes-dashboard/kong:443, no longer to immich/immich-server:80",
      ],
    ],
    [
      "changed options of an access restriction",
      [app("a", guarded("10.0.0.0/8")), app("b", login("alice:$2y$05$one"))],
      [app("a", guarded("0.0.0.0/0")), app("b", login("alice:$2y$05$one", "eve:$2y$05$two"))],
      ["+ a  other options of ipAllowList", "+ b  other options of basicAuth"],
    ],
    [
      "one of two access restrictions that is added or removed",
      [app("a", guarded("10.0.0.0/8", "10.1.0.0/16")), app("b", guarded("10.0.0.0/8"))],
      [app("a", guarded("10.0.0.0/8")), app("b", guarded("10.0.0.0/8", "10.1.0.0/16"))],
      ["+ a  one ipAllowList fewer", "- b  through ipAllowList"],
    ],
    [
      "an access restriction that is added beside a changed one",
      [app("a", guarded("10.0.0.0/8"))],
      [app("a", guarded("192.0.2.0/24", "198.51.100.0/24"))],
      ["+ a  through ipAllowList, other options of ipAllowList"],
    ],
    [
      "nothing if the access restrictions admit the same clients",
      [app("a", login("alice:$2y$05$one", "bob:$2y$05$two")), app("b", guarded("10.0.0.0/8", "10.1.0.0/16"))],
      [app("a", login("bob:$2y$05$new", "alice:$2y$05$one")), app("b", guarded("10.1.0.0/16", "10.0.0.0/8"))],
      [],
    ],
    [
      "a login server that changes, but not a password that changes",
      [
        app("a", asking("https://key:one@sso.example.com")),
        app("b", asking("https://key:one@sso.example.com")),
      ],
      [
        app("a", asking("https://key:one@sso.example.org")),
        app("b", asking("https://key:two@sso.example.com")),
      ],
      ["+ a  other options of forwardAuth"],
    ],
    [
      "the access restrictions of a new app",
      [],
      [app("a", { basicAuthUsers: "me:hash", allowFrom: ["192.0.2.0/24"] })],
      [
        "+ a  new, becomes public: https://a.example.com, only from 192.0.2.0/24, with a password at the edge",
      ],
    ],
  ];
  for (const [what, before, after, expected] of cases) {
    it(`lists ${what}`, () => {
      expect(lines(before, after)).to.deep.equal(expected);
    });
  }

  it("lists apps that become public first", () => {
    const before = [app("a"), app("b"), app("c")];
    const after = [app("a", inTailnet), app("b", { cdn: true }), app("c"), app("d")];
    expect(lines(before, after).map((line) => line.slice(0, 3))).to.deep.equal(["+ d", "- a", "~ b"]);
  });

  it("says so if no one gains or loses access", () => {
    const same = topologyOf(app("a"), app("b", inTailnet));
    expect(renderText(compareTopologies(same, same))).to.equal(
      "Nobody can reach more or less than before: 1 of 2 apps on the internet.\n",
    );
  });

  it("marks exactly the apps that become public or cease to be public", () => {
    const states = fc.constantFrom<Partial<TestApp> | undefined>(undefined, {}, inTailnet, inCluster);
    fc.assert(
      fc.property(fc.array(states, { maxLength: 4 }), fc.array(states, { maxLength: 4 }), (was, is) => {
        const apps = (all: typeof was) =>
          all.flatMap((state, index) => (state === undefined ? [] : [app(`app${index}`, state)]));
        const { lines: found } = compareTopologies(topologyOf(...apps(was)), topologyOf(...apps(is)));
        const publicIn = (all: typeof was, index: number) =>
          all[index] !== undefined && all[index].internet !== false;
        for (const index of [0, 1, 2, 3]) {
          const effect = found.find((line) => line.app === `app${index}`)?.effect;
          expect(effect === "opens").to.equal(publicIn(is, index) && !publicIn(was, index));
          expect(effect === "closes").to.equal(publicIn(was, index) && !publicIn(is, index));
        }
      }),
    );
  });

  it("reads the topology of an older version, without hosts and access restrictions", () => {
    const full = topologyOf(app("a"), app("b", inTailnet));
    const old = {
      ...full,
      apps: full.apps.map(({ name, host, url, internet, healthPath, hops }) => ({
        ...{ name, host, url, internet, healthPath, hops },
      })),
    } as Topology;
    expect(compareTopologies(old, full).lines).to.deep.equal([]);
    expect(compareTopologies(old, topologyOf()).lines.map(({ effect }) => effect)).to.deep.equal([
      "closes",
      "changes",
    ]);
  });
});

describe("the topology of a restricted app", () => {
  it("omits middleware options, and equals an older form without digests", () => {
    const after = topologyOf(app("a", guarded("10.0.0.0/8")));
    expect(JSON.stringify(after)).not.to.include("10.0.0.0");
    const before = topologyOf(app("a", guarded("0.0.0.0/0")));
    const old = { ...before, apps: before.apps.map((one) => ({ ...one, digests: undefined })) };
    expect(compareTopologies(before, after).lines).to.have.lengthOf(1);
    expect(compareTopologies(old as unknown as Topology, after).lines).to.deep.equal([]);
  });
});

describe("the plan's renderers", () => {
  const plan = compareTopologies(
    topologyOf(app("old"), app("files", { basicAuthUsers: "me:hash" })),
    topologyOf(app("photos"), app("files", inTailnet), app("paperless", inTailnet)),
  );

  it("match the snapshots of text and Markdown", () => {
    matchSnapshot("plan/plan.txt", renderText(plan));
    matchSnapshot("plan/plan.md", renderMarkdown(plan, "Previewing update (prod):\n + 1 to create\n"));
  });

  const text = fc.oneof(
    anyText,
    fc.constantFrom("a\n- b", "`", "``x`", "</details>", "@team", "\u001b[2J", "[a](b)", "\u202eexe", ""),
  );

  it("print one line for each app and no control characters, whatever the names", () => {
    fc.assert(
      fc.property(text, text, (name, url) => {
        const hostile = { lines: [{ app: name, effect: "opens" as const, text: [{ value: url }] }] };
        const output = renderText({ ...hostile, apps: 1, onTheInternet: 1 });
        expect(output.split("\n")).to.have.lengthOf(3);
        expect(output.replaceAll("\n", "")).not.to.match(/\p{C}/u);
        expect(printable(name)).not.to.match(/\p{C}/u);
      }),
    );
  });

  it("let no name and no diff act as Markdown", () => {
    /** Replaces code by CommonMark's rule: it extends from a run of backticks to the next run of the same length. */
    const withoutCode = (markdown: string) =>
      markdown.replace(/(?<!`)(`+)(?!`)([\s\S]*?)(?<!`)\1(?!`)/g, "CODE");
    const expected = withoutCode(
      renderMarkdown(
        { lines: [{ app: "a", effect: "opens", text: [{ value: "b" }] }], apps: 1, onTheInternet: 1 },
        "c",
      ),
    );
    fc.assert(
      fc.property(text, text, text, (name, url, diff) => {
        const lines = [{ app: name, effect: "opens" as const, text: [{ value: url }] }];
        const markdown = renderMarkdown({ lines, apps: 1, onTheInternet: 1 }, diff);
        expect(withoutCode(markdown)).to.equal(expected);
      }),
    );
  });
});
