import { expect } from "chai";
import fc from "fast-check";
import { describeTopology } from "../../../components/topology.ts";
import type { Topology } from "../../../components/topology.ts";
import type { AppSpec } from "../../../config/index.ts";
import { compareTopologies } from "../../../plan/compare.ts";
import { printable, renderMarkdown, renderText } from "../../../plan/render.ts";
import { anApp } from "../components/platform.ts";
import { matchSnapshot } from "../snapshot.ts";

const at = { user: "deploy", port: 22, hostKey: "ssh-ed25519 AAAA" };
const platform = {
  domain: "example.com",
  timeZone: "Etc/UTC",
  acme: { email: "me@example.com", challenge: "http-01" as const },
  edges: [{ name: "vps", publicIp: "192.0.2.1", device: "vps", ssh: at }],
  controlPlane: { name: "home", device: "home", ssh: at },
};

function topology(...apps: AppSpec[]): Topology {
  return describeTopology({ platform, apps }, { edges: { vps: "100.64.0.1" }, controlPlane: "100.64.0.2" });
}

/** An app without guards; more of it says what it is about. */
function app(name: string, more: Partial<AppSpec> = {}): AppSpec {
  const host = `${name}.example.com`;
  return anApp({ name, host, hosts: [host], hsts: false, ...more });
}

const inTailnet = { internet: false };
const inCluster = { internet: false, proxy: false, proxyPort: undefined };

/** The plan's lines as a reader sees them. */
function lines(before: AppSpec[] | undefined, after: AppSpec[]): string[] {
  const plan = compareTopologies(before && topology(...before), topology(...after));
  return renderText(plan).trimEnd().split("\n").slice(0, -1);
}

describe("plan", () => {
  const cases: [string, AppSpec[] | undefined, AppSpec[], string[]][] = [
    [
      "a first run",
      undefined,
      [app("a"), app("b", inTailnet)],
      [
        "+ a  new, becomes public: https://a.example.com, from everywhere",
        "~ b  new, for the tailnet alone (http://100.64.0.2:8080)",
      ],
    ],
    ["nothing", [app("a"), app("b", inTailnet)], [app("a"), app("b", inTailnet)], []],
    [
      "an app published",
      [app("a", inTailnet)],
      [app("a")],
      [
        "+ a  was for the tailnet alone (http://100.64.0.2:8080), becomes public: https://a.example.com, from everywhere",
      ],
    ],
    [
      "an app withdrawn",
      [app("a")],
      [app("a", inTailnet)],
      ["- a  no longer public: https://a.example.com; stays for the tailnet alone (http://100.64.0.2:8080)"],
    ],
    [
      "apps removed",
      [app("a"), app("b", inTailnet)],
      [],
      [
        "- a  removed, no longer public: https://a.example.com",
        "~ b  removed, was for the tailnet alone (http://100.64.0.2:8080)",
      ],
    ],
    [
      "an app without its proxy",
      [app("a", inTailnet)],
      [app("a", inCluster)],
      [
        "~ a  now inside the cluster alone (http://immich-server.immich.svc:80), was for the tailnet alone (http://100.64.0.2:8080)",
      ],
    ],
    [
      "other names",
      [app("a", { hosts: ["a.example.com", "b.example.com"] })],
      [app("a", { hosts: ["a.example.com", "example.com"] })],
      ["+ a  becomes public: https://example.com, from everywhere; no longer public: https://b.example.com"],
    ],
    [
      "another order of names",
      [app("a", { hosts: ["a.example.com", "b.example.com"] })],
      [app("a", { hosts: ["b.example.com", "a.example.com"] })],
      [],
    ],
    [
      "guards that come",
      [app("a")],
      [app("a", { basicAuth: true, allowFrom: ["192.0.2.0/24"], middlewares: { sso: { forwardAuth: {} } } })],
      ["- a  the edge asks for a password; from 192.0.2.0/24 alone; through forwardAuth"],
    ],
    [
      "guards that go",
      [app("a", { basicAuth: true, allowFrom: ["192.0.2.0/24"], middlewares: { sso: { forwardAuth: {} } } })],
      [app("a")],
      [
        "+ a  the edge asks for no password any more; open to everywhere, was for 192.0.2.0/24 alone; no forwardAuth any more",
      ],
    ],
    [
      "other clients",
      [app("a", { allowFrom: ["192.0.2.1", "192.0.2.2"] })],
      [app("a", { allowFrom: ["192.0.2.2", "192.0.2.3"] })],
      ["+ a  also from 192.0.2.3; no longer from 192.0.2.1"],
    ],
    [
      "what opens nothing",
      [app("a")],
      [
        app("a", {
          cdn: true,
          rateLimit: { average: 5, burst: 9 },
          middlewares: { small: { compress: {} } },
        }),
      ],
      ["~ a  through compress; rate limit 5/s, 9 at once; through Cloudflare"],
    ],
    [
      "an app that is new and guarded",
      [],
      [app("a", { basicAuth: true, allowFrom: ["192.0.2.0/24"] })],
      [
        "+ a  new, becomes public: https://a.example.com, from 192.0.2.0/24 alone, with a password of the edge",
      ],
    ],
  ];
  for (const [what, before, after, expected] of cases) {
    it(`of ${what}`, () => {
      expect(lines(before, after)).to.deep.equal(expected);
    });
  }

  it("names what opens first", () => {
    const before = [app("a"), app("b"), app("c")];
    const after = [app("a", inTailnet), app("b", { cdn: true }), app("c"), app("d")];
    expect(lines(before, after).map((line) => line.slice(0, 3))).to.deep.equal(["+ d", "- a", "~ b"]);
  });

  it("says so when nobody can reach more or less", () => {
    const same = topology(app("a"), app("b", inTailnet));
    expect(renderText(compareTopologies(same, same))).to.equal(
      "Nobody can reach more or less than before: 1 of 2 apps on the internet.\n",
    );
  });

  it("opens exactly what was not public", () => {
    const states = fc.constantFrom<Partial<AppSpec> | undefined>(undefined, {}, inTailnet, inCluster);
    fc.assert(
      fc.property(fc.array(states, { maxLength: 4 }), fc.array(states, { maxLength: 4 }), (was, is) => {
        const apps = (all: typeof was) =>
          all.flatMap((state, index) => (state === undefined ? [] : [app(`app${index}`, state)]));
        const { lines: found } = compareTopologies(topology(...apps(was)), topology(...apps(is)));
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

  it("reads the output of a program that knew of one host and no guards", () => {
    const full = topology(app("a"), app("b", inTailnet));
    const old = {
      ...full,
      apps: full.apps.map(({ name, host, url, internet, healthPath, hops }) => ({
        ...{ name, host, url, internet, healthPath, hops },
      })),
    } as Topology;
    expect(compareTopologies(old, full).lines).to.deep.equal([]);
    expect(compareTopologies(old, topology()).lines.map(({ effect }) => effect)).to.deep.equal([
      "closes",
      "changes",
    ]);
  });
});

describe("a plan's renderers", () => {
  const plan = compareTopologies(
    topology(app("old"), app("files", { basicAuth: true })),
    topology(app("photos"), app("files", inTailnet), app("paperless", inTailnet)),
  );

  it("text and Markdown", () => {
    matchSnapshot("plan/plan.txt", renderText(plan));
    matchSnapshot("plan/plan.md", renderMarkdown(plan, "Previewing update (prod):\n + 1 to create\n"));
  });

  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("a\n- b", "`", "``x`", "</details>", "@team", "\u001b[2J", "[a](b)", "\u202eexe", ""),
  );

  it("keep a line a line and send a terminal no commands, whatever a name is", () => {
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

  it("leave nothing of a name or a diff to Markdown", () => {
    /** What is left once code is taken out, the way CommonMark finds it: a run of backticks, to the next as long. */
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
