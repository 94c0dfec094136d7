import { expect } from "chai";
import fc from "fast-check";
import { loadConfig } from "../../../config/index.ts";
import { formatPath } from "../../../config/schema/problems.ts";
import type { Path } from "../../../config/schema/problems.ts";
import { anyText } from "../arbitraries.ts";
import { hostKey, minimal, minimalWith, problemsOf, stackSource } from "./stackFile.ts";

/** Each option whose text becomes part of a file, a rule or a command line, with a valid value. */
const texts: [path: Path, good: string][] = [
  [["domain"], "example.com"],
  [["zoneId"], "0123456789abcdef0123456789abcdef"],
  [["clusterDns"], "10.43.0.10"],
  [["clusterCidrs", 0], "10.42.0.0/16"],
  [["timeZone"], "Europe/Berlin"],
  [["acme", "challenge"], "http-01"],
  [["edges", 0, "name"], "vps"],
  [["edges", 0, "publicIp"], "203.0.113.7"],
  [["edges", 0, "device"], "vps"],
  [["edges", 0, "tailnetIp"], "100.64.0.1"],
  [["edges", 0, "ssh", "user"], "deploy"],
  [["edges", 0, "ssh", "host"], "vps.example.com"],
  [["edges", 0, "ssh", "hostKey"], hostKey],
  [["edges", 0, "traefik", "sha256"], "a".repeat(64)],
  [["controlPlane", "name"], "home"],
  [["controlPlane", "device"], "home"],
  [["controlPlane", "ssh", "user"], "deploy"],
  [["apps", "notes", "subdomain"], "notes"],
  [["apps", "notes", "subdomain", 1], "more"],
  [["apps", "notes", "allowFrom", 0], "203.0.113.0/24"],
  [["apps", "notes", "service", "namespace"], "notes"],
  [["apps", "notes", "service", "name"], "notes"],
];

/** Text with a special meaning in a shell, systemd, nftables, YAML, a Traefik rule or a header: valid in no option. */
const evilAnywhere = [
  ...["\n", "\r", "\0", "\t", " ", '"', "\\", ">", "<", "{{env `A`}}"],
  ...["\u2028", "\u00e9", "\u202e", "\ud800"],
];
const evil = fc.constantFrom(
  ...evilAnywhere,
  ..."'`;&|{}#!*,()".split(""),
  "$(id)",
  "${HOME}",
  "%n",
  "`) || Host(`b",
);
/** Options in which some special characters are valid, for example in the query of a URL. */
const addresses: [path: Path, good: string][] = [
  [["acme", "email"], "me@example.com"],
  [["acme", "server"], "https://ca.example.com/directory"],
  [["edges", 0, "traefik", "url"], "https://example.com/traefik.tar.gz"],
  [["apps", "notes", "chart", "repository"], "https://charts.example.com/all"],
];
const place = fc.constantFrom("before", "after", "inside", "alone");

describe("hostile text", () => {
  const cases = [
    ...texts.map((one) => [...one, evil] as const),
    ...addresses.map((one) => [...one, fc.constantFrom(...evilAnywhere)] as const),
  ];
  for (const [path, good, badText] of cases) {
    it(`in ${formatPath(path)} is refused with a problem at this path`, () => {
      fc.assert(
        fc.property(badText, place, (bad, where) => {
          const middle = Math.floor(good.length / 2);
          const text = {
            before: bad + good,
            after: good + bad,
            inside: good.slice(0, middle) + bad + good.slice(middle),
            alone: bad,
          }[where];
          expect(pathsOfProblems(path, text), JSON.stringify(text)).to.include(formatPath(path));
        }),
        { numRuns: 60 },
      );
      expect(pathsOfProblems(path, good)).to.be.empty;
    });
  }

  it("in an app's name is refused", () => {
    fc.assert(
      fc.property(evil, (bad) => {
        const apps = { [`notes${bad}`]: { proxyPort: 8100, service: { namespace: "notes", name: "notes" } } };
        expect(problemsOf(minimalWith({ apps })).join()).to.include("is not a DNS label");
      }),
    );
  });

  it("in chart values and middleware options is passed on unchanged", function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(anyText, (text) => {
        const notes = {
          ...app,
          chart: { name: "oci://charts.example.com/notes", version: "1.2.3" },
          values: { text },
          middlewares: [{ errors: { query: text } }],
        };
        const { apps } = loadConfig(minimalWith({ apps: { notes } }));
        expect(apps[0]?.release?.values.text).to.equal(text);
        expect(apps[0]?.middlewares).to.deep.equal([{ errors: { query: text } }]);
      }),
    );
  });

  it("in a header's name is refused", () => {
    const withName = (name: string) => {
      const middlewares = [{ headers: { customResponseHeaders: { [name]: "1" } } }];
      return problemsOf(minimalWith({ apps: { notes: { ...app, middlewares } } })).join();
    };
    for (const name of ["", "X A", "X-A\r\nB", "X:A", "X-\u00e9", "X-\0"])
      expect(withName(name), JSON.stringify(name)).to.include("is not a valid header name");
    expect(withName("X-Robots-Tag")).to.equal("");
  });

  it("in a header's value is passed on unchanged, or refused if it has control characters", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const headers = { customResponseHeaders: { "X-Text": text } };
        const apps = { notes: { ...app, middlewares: [{ headers }] } };
        // eslint-disable-next-line no-control-regex -- characters that are not allowed in a header
        if (/[\0-\x08\n-\x1f\x7f]/.test(text))
          expect(problemsOf(minimalWith({ apps })).join()).to.include("control character");
        else expect(loadConfig(minimalWith({ apps })).apps[0]?.middlewares).to.deep.equal([{ headers }]);
      }),
    );
  });
});

const app = {
  proxyPort: 8100,
  internet: true,
  subdomain: ["notes", "more"],
  service: { namespace: "notes", name: "notes" },
};

/** The paths of the problems of a config with one value changed. */
function pathsOfProblems(path: Path, value: string): string[] {
  const [key = "", ...steps] = path;
  const base: unknown =
    key === "apps"
      ? { notes: path.includes("chart") ? { ...app, chart: { name: "notes", version: "1.2.3" } } : app }
      : stackSource(minimal).get(String(key));
  const traefik = { url: "https://example.com/t.tar.gz", sha256: "a".repeat(64) };
  const whole = path.includes("traefik") ? [{ ...(base as object[])[0], traefik }] : base;
  const changed = replaced(whole, steps, value);
  const { length } = formatPath(path);
  return problemsOf(minimalWith({ [key]: changed })).map((line) =>
    line.startsWith(formatPath(path)) ? line.slice(0, length) : line,
  );
}

function replaced(value: unknown, [step, ...rest]: Path, by: string): unknown {
  if (step === undefined) return by;
  if (typeof step === "number") {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    list[step] = replaced(list[step], rest, by);
    return list;
  }
  const map = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { ...map, [step]: replaced(map[step], rest, by) };
}
