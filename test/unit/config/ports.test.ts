import { expect } from "chai";
import fc from "fast-check";
import { catalogue } from "../../../apps/index.ts";
import { ConfigError, loadConfig } from "../../../config/index.ts";
import type { AppSpec } from "../../../config/index.ts";
import { portProblems } from "../../../config/ports.ts";
import { proxyPorts } from "../../../config/schema.ts";
import { fixtures, stackFile } from "./stackFile.ts";

const platform = stackFile(`${fixtures}/valid/minimal.yaml`);

type Apps = Record<string, { proxyPort?: number; service?: object }>;

function appsOf(apps: Apps): AppSpec[] {
  return loadConfig({ get: (key) => (key === "apps" ? apps : platform.get(key)) }).apps;
}

function problemsOf(apps: Apps): readonly string[] {
  try {
    appsOf(apps);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

const port = fc.integer({ min: proxyPorts.first, max: proxyPorts.last });
const ownPort = port.filter((value) =>
  Object.values(catalogue).every(({ proxyPort }) => proxyPort !== value),
);
const ownName = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/)
  .filter((name) => !Object.hasOwn(catalogue, name));
const ownApp = (proxyPort?: number, name = "app") => ({ proxyPort, service: { namespace: name, name } });

/** Apps that get along: some of the catalogue, some of the user's own. */
const sound: fc.Arbitrary<Apps> = fc
  .tuple(
    fc.subarray(Object.keys(catalogue)),
    fc.uniqueArray(fc.tuple(ownName, ownPort), {
      maxLength: 8,
      comparator: (a, b) => a[0] === b[0] || a[1] === b[1],
    }),
  )
  .map(([known, own]) =>
    Object.fromEntries<Apps[string]>([
      ...known.map((name): [string, Apps[string]] => [name, {}]),
      ...own.map(([name, value]): [string, Apps[string]] => [name, ownApp(value, name)]),
    ]),
  );

describe("proxy ports", () => {
  it("stay where they are when an app is removed", () => {
    fc.assert(
      fc.property(sound, fc.nat(), (apps, pick) => {
        const names = Object.keys(apps);
        const removed = names[pick % Math.max(1, names.length)];
        const others = Object.fromEntries(Object.entries(apps).filter(([name]) => name !== removed));
        expect(appsOf(others)).to.deep.equal(appsOf(apps).filter(({ name }) => name !== removed));
      }),
    );
  });

  it("are refused when two apps have the same, naming both", () => {
    fc.assert(
      fc.property(
        sound,
        fc.uniqueArray(ownName, { minLength: 2, maxLength: 2 }),
        ownPort,
        (apps, pair, shared) => {
          const [first = "", second = ""] = pair;
          const others = Object.entries(apps).filter(
            ([name, { proxyPort }]) => !pair.includes(name) && proxyPort !== shared,
          );
          const clash = {
            ...Object.fromEntries(others),
            [first]: ownApp(shared, first),
            [second]: ownApp(shared, second),
          };
          const problems = problemsOf(clash);
          expect(problems).to.have.lengthOf(1);
          expect(problems[0]).to.match(
            new RegExp(
              `^mynodeone:apps\\.(${first}|${second})\\.proxyPort: ${shared} is taken by (${first}|${second})\\.`,
            ),
          );
        },
      ),
    );
  });

  it("of the catalogue go before those written by hand, whichever comes first", () => {
    for (const [name, { proxyPort }] of Object.entries(catalogue)) {
      for (const apps of [
        { mine: ownApp(proxyPort), [name]: {} },
        { [name]: {}, mine: ownApp(proxyPort) },
      ]) {
        const [problem, ...more] = problemsOf(apps);
        expect(problem).to.match(
          new RegExp(`^mynodeone:apps\\.mine\\.proxyPort: ${proxyPort} is taken by ${name},`),
        );
        expect(more).to.be.empty;
      }
    }
  });

  it("are suggested so that taking every suggestion mends the config", () => {
    const claims = fc.uniqueArray(fc.record({ app: ownName, port: fc.option(port, { nil: undefined }) }), {
      selector: ({ app }) => app,
      maxLength: proxyPorts.last - proxyPorts.first + 1,
    });
    fc.assert(
      fc.property(claims, (written) => {
        const before = written.map((claim) => ({ ...claim, fromCatalogue: false }));
        const suggested = new Map(
          portProblems(before, [8080, 8082]).map(({ app, message }) => [
            app,
            Number(/(\d+)\.$/.exec(message)?.[1]),
          ]),
        );
        const after = before.map((claim) => ({ ...claim, port: suggested.get(claim.app) ?? claim.port }));
        expect(portProblems(after, [])).to.be.empty;
      }),
    );
  });

  it("are suggested from outside the catalogue while there are any, and run out in the end", () => {
    const all = Array.from({ length: 21 }, (_, index) => ({
      app: `app${index}`,
      port: 8080 + index,
      fromCatalogue: false,
    }));
    const one = { app: "one-more", port: undefined, fromCatalogue: false };
    const messages = [1, 20, 21].map(
      (count) => portProblems([...all.slice(-count), one], [8080])[0]?.message,
    );
    expect(messages.map((message) => message?.split(". ").at(-1))).to.deep.equal([
      "Free, for example: 8099.",
      "Free, for example: 8080.",
      "No port of 8080-8100 is free: remove an app.",
    ]);
  });
});
