import { expect } from "chai";
import fc from "fast-check";
import { catalogue } from "../../../../apps/index.ts";
import { loadConfig } from "../../../../config/index.ts";
import type { AppSpec } from "../../../../config/index.ts";
import { portProblems } from "../../../../config/rules/ports.ts";
import { proxyPorts } from "../../../../config/schema/app.ts";
import { minimalWith, problemsOf } from "../stackFile.ts";

type Apps = Record<string, { proxyPort?: number; service?: object }>;

function appsOf(apps: Apps): AppSpec[] {
  return loadConfig(minimalWith({ apps })).apps;
}

const port = fc.integer({ min: proxyPorts.first, max: proxyPorts.last });
const ownPort = port.filter((value) =>
  Object.values(catalogue).every(({ proxyPort }) => proxyPort !== value),
);
const ownName = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/)
  .filter((name) => !Object.hasOwn(catalogue, name));
const ownApp = (proxyPort?: number, name = "app") => ({ proxyPort, service: { namespace: name, name } });

/** Apps without a conflict: some from the catalogue, some of the user's own. */
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

const reserved = [
  { port: 8080, owner: "a", app: "a" },
  { port: 8082, owner: "b" },
];

describe("proxy ports", () => {
  it("stay the same when another app is removed", () => {
    fc.assert(
      fc.property(sound, fc.nat(), (apps, pick) => {
        const names = Object.keys(apps);
        const removed = names[pick % Math.max(1, names.length)];
        const others = Object.fromEntries(Object.entries(apps).filter(([name]) => name !== removed));
        expect(appsOf(others)).to.deep.equal(appsOf(apps).filter(({ name }) => name !== removed));
      }),
    );
  });

  it("are refused when two apps share one, and the message names both apps", () => {
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
          const problems = problemsOf(minimalWith({ apps: clash }));
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

  it("of the catalogue are reserved, even when their app is not used", () => {
    for (const [name, { proxyPort }] of Object.entries(catalogue)) {
      for (const apps of [
        { mine: ownApp(proxyPort) },
        { mine: ownApp(proxyPort), [name]: {} },
        { [name]: {}, mine: ownApp(proxyPort) },
      ]) {
        const [problem, ...more] = problemsOf(minimalWith({ apps }));
        expect(problem).to.match(
          new RegExp(
            `^mynodeone:apps\\.mine\\.proxyPort: ${proxyPort} is reserved for ${name} of the catalogue\\.`,
          ),
        );
        expect(more).to.be.empty;
      }
    }
  });

  it("are suggested such that following every suggestion resolves all problems", () => {
    const claims = fc.uniqueArray(fc.record({ app: ownName, port: fc.option(port, { nil: undefined }) }), {
      selector: ({ app }) => app,
      maxLength: proxyPorts.last - proxyPorts.first + 1 - reserved.length,
    });
    fc.assert(
      fc.property(claims, (written) => {
        const suggested = new Map(
          portProblems(written, reserved).map(({ app, message }) => [
            app,
            Number(/(\d+)\.$/.exec(message)?.[1]),
          ]),
        );
        const after = written.map((claim) => ({ ...claim, port: suggested.get(claim.app) ?? claim.port }));
        expect(portProblems(after, reserved)).to.be.empty;
      }),
    );
  });

  it("are suggested only while they are free, and reported when none is left", () => {
    const apps = Array.from({ length: 19 }, (_, index) => ({ app: `app${index}`, port: 8100 - index }));
    const ports = [...apps.slice(0, 18), { app: "app18", port: 8081 }];
    const one = { app: "one-more", port: undefined };
    const messages = [1, 18, 19].map(
      (count) => portProblems([...ports.slice(0, count), one], reserved)[0]?.message,
    );
    expect(messages.map((message) => message?.split(". ").at(-1))).to.deep.equal([
      "Free, for example: 8099.",
      "Free, for example: 8081.",
      "No port of 8080-8100 is free: remove an app.",
    ]);
  });

  it("are refused if the control plane's SSH server listens there", () => {
    const problems = portProblems([{ app: "mine", port: 8095 }], [{ port: 8095, owner: "the SSH server" }]);
    expect(problems).to.deep.equal([
      { app: "mine", message: "8095 is reserved for the SSH server. Free, for example: 8100." },
    ]);
  });
});
