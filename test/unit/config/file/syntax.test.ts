import { expect } from "chai";
import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkFile, checkStack } from "../../../../cli/check.ts";
import { loadConfig } from "../../../../config/index.ts";
import { temporaryDirectories } from "../../temporaryDirectories.ts";
import { minimal, stackSource } from "../stackFile.ts";

describe("a malformed stack file", () => {
  const newDirectory = temporaryDirectories();
  const wrong: Record<string, { text: string; says: string[] }> = {
    "an unclosed list": {
      text: "config:\n  mynodeone:edges: [\n",
      says: ["3:1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
    },
    "a tab": { text: "config:\n\tx: 1\n", says: ["2:1: Tabs are not allowed as indentation"] },
    "two documents": {
      text: "config: {}\n---\nconfig: {}\n",
      says: ["2:1: starts a second document, and Pulumi reads only the first. Remove the line `---`."],
    },
    "an undefined alias": {
      text: "config:\n  mynodeone:apps: { immich: *photos }\n",
      says: [
        "2:29: &photos is not defined before this alias. Write the value here, or add &photos to an earlier value.",
      ],
    },
    "an alias inside its own anchor": {
      text: "config:\n  mynodeone:apps: &all\n    immich: { values: *all }\n",
      says: ["3:23: refers to a value that contains this alias. Write the value here."],
    },
    "a duplicate key": {
      text: "config:\n  mynodeone:apps:\n    immich: {}\n    jellyfin: {}\n    immich: {}\n",
      says: ['5:5: "immich" is already set in line 3. Keep one of them.'],
    },
    "an option with and without its namespace": {
      text: "config:\n  mynodeone:domain: example.com\n  domain: example.org\n",
      says: ['3:3: "domain" is already set in line 2. Keep one of them.'],
    },
    "a list or a map as a key": {
      text: "config:\n  ? [a]\n  : 1\n  x: {{ value }}\n  !!binary aa: 1\n",
      says: [
        "2:5: a key must be plain text. Put it in quotes to use it as it is.",
        "4:7: a key must be plain text. Put it in quotes to use it as it is.",
        "5:12: a key must be plain text. Put it in quotes to use it as it is.",
      ],
    },
    "a merge of a value that is not a map": {
      text: "config:\n  mynodeone:apps: { immich: { <<: 3 } }\n",
      says: ["2:31: must be a map or an alias of one. Write `<<: *name`, with &name at that map."],
    },
    "aliases that expand exponentially": {
      text: `config:\n  a: &a [x]\n  b: &b [${"*a,".repeat(11)}]\n  c: &c [${"*b,".repeat(11)}]\n`,
      says: ["1:1: cannot be read: Excessive alias count indicates a resource exhaustion attack"],
    },
  };
  for (const [what, { text, says }] of Object.entries(wrong)) {
    it(`is reported with its position: ${what}`, () => {
      expect(checkStack(text, "a")).to.deep.equal({ good: false, lines: says.map((line) => `a:${line}`) });
    });
  }

  it("is reported if it cannot be opened, and others are still checked", () => {
    const folder = newDirectory();
    mkdirSync(join(folder, "Pulumi.folder.yaml"));
    writeFileSync(join(folder, "Pulumi.good.yaml"), minimal);
    const check = (name: string) => checkFile(join(folder, `Pulumi.${name}.yaml`), name);
    expect(check("folder").lines.join()).to.match(/^folder: is a directory\. Pass /);
    expect(check("none").lines.join()).to.match(/^none: no such file\. Pass /);
    expect([check("folder"), check("none"), check("good")].map(({ good }) => good)).to.deep.equal([
      false,
      false,
      true,
    ]);
  });

  it("never crashes the check, whatever its content", () => {
    const fragment = fc.constantFrom(
      ...[
        "config:",
        "mynodeone:apps:",
        "mynodeone:edges:",
        "immich:",
        "values:",
        "secure:",
        "internet: true",
      ],
      ...["&a", "*a", "<<:", "? ", "- ", "{", "}", "[", "]", ",", ": ", "|", ">", '"', "'", "#", "null", "~"],
      ...["---", "...", "%YAML 1.1", "!!binary", "!x", "\n", "\n  ", "\n    ", "\t", "\ufeff"],
    );
    const value = fc.constantFrom(
      ...[
        "*all",
        "*one",
        "*none",
        "{ <<: *one }",
        "{ <<: 1 }",
        "{ ? [x] : y }",
        "{ !!binary aa: 1 }",
        "[*all]",
      ],
      ...["", "1", "[]", "{}", "text", "!!binary aa", "{ secure: x }", "{ a: 1, a: 2 }"],
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(" ")),
      fc
        .tuple(value, value, value)
        .map(
          ([a, b, c]) =>
            `${minimal}  x: ${a}\n  mynodeone:apps: &all { immich: &one { values: { x: ${b} } }, gitea: ${c} }`,
        ),
    );
    fc.assert(
      fc.property(text, (any) => {
        const { good, lines } = checkStack(any, "a");
        expect(lines).not.to.be.empty;
        if (!good) for (const line of lines) expect(line).to.match(/^a:\d+:\d+: ./);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a stack file with options that Pulumi ignores", () => {
  const wrong: Record<string, { text: string; says: string[] }> = {
    "a list at the top level": {
      text: "- x\n",
      says: ["1:1: not a map. Write `config:`, and the options below it, indented."],
    },
    "a config that is not a map": {
      text: "config: hello\n",
      says: ["1:9: config: not a map. Write `config:`, and the options below it, indented."],
    },
    "a misspelt config key": {
      text: "confg: {}\n",
      says: ['1:1: "confg" is ignored. Did you mean config?'],
    },
    "a missing config key": {
      text: "mynodeone:domain: example.com\n",
      says: ["1:1: mynodeone:domain: belongs below `config:`, indented: here it is ignored."],
    },
    "misplaced options beside an invalid config": {
      text: `${minimal}  mynodeone:zoneId: short\nmynodeone:apps: {}\ntailscal:apiKey: readable\napps: {}\n`,
      says: [
        `20:21: mynodeone:zoneId: "short" is not a Cloudflare zone id (32 hexadecimal digits). Copy it from the ` +
          "domain's overview page at Cloudflare, or remove the option to have it looked up.",
        "21:1: mynodeone:apps: belongs below `config:`, indented: here it is ignored.",
        "22:1: tailscal:apiKey: unknown namespace. Did you mean tailscale:apiKey? It belongs below `config:`, " +
          "indented: here it is ignored.",
        '23:1: "apps" is ignored. An option belongs below `config:`, indented.',
      ],
    },
    "misplaced options beside a valid config": {
      text: `${minimal}mynodeone:apps: {}\n`,
      says: ["20:1: mynodeone:apps: belongs below `config:`, indented: here it is ignored."],
    },
  };
  for (const [what, { text, says }] of Object.entries(wrong)) {
    it(`is reported: ${what}`, () => {
      expect(checkStack(text, "a")).to.deep.equal({ good: false, lines: says.map((line) => `a:${line}`) });
    });
  }

  it("may have the top-level keys that Pulumi itself writes", () => {
    const { good } = checkStack(`${minimal}encryptionsalt: v1:c2FsdA==\nsecretsprovider: passphrase\n`, "a");
    expect(good).to.equal(true);
  });
});

describe("a merge key", () => {
  const shared = (more: string) => `${minimal}
  mynodeone:apps:
    immich: &shared { subdomain: photos, ${more} }
    jellyfin: { <<: *shared, subdomain: films }
`;

  it("copies the options of another app, as in Pulumi", () => {
    const { apps } = loadConfig(stackSource(shared("internet: true, adminClaimed: true")));
    expect(apps.map(({ host, internet }) => [host, internet])).to.deep.equal([
      ["photos.example.com", true],
      ["films.example.com", true],
    ]);
  });

  it("reports a problem in copied options at the original and at the copy", () => {
    const { lines } = checkStack(shared("replicas: 3"), "a");
    const last = shared("").trimEnd().split("\n").length;
    expect(lines.map((line) => line.split(":", 3).join(":"))).to.deep.equal([
      `a:${last - 1}:42`,
      `a:${last}:5`,
    ]);
  });
});
