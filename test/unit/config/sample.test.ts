import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import isPlainObject from "is-plain-obj";
import { catalogue } from "../../../apps/index.ts";
import { loadConfig } from "../../../config/index.ts";
import { describeKeys, type JsonSchema } from "../../../config/reference/jsonSchema.ts";
import { secrets } from "../../../config/schema/secrets.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { chosen } from "../apps/chosen.ts";
import { stackSource } from "./stackFile.ts";

describe("Pulumi.prod.yaml", () => {
  const sample = readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
  // In the sample, "##" marks prose and "#" a commented-out option.
  const everything = sample.replace(/^(\s*)# /gm, "$1");

  it("loads unchanged and publishes no app", () => {
    const { apps } = loadConfig(stackSource(sample));
    expect(apps.map(({ name, internet }) => ({ name, internet }))).to.deep.equal([
      { name: "immich", internet: false },
      { name: "vaultwarden", internet: false },
    ]);
  });

  it("loads with every optional line enabled", () => {
    const { platform, apps } = loadConfig(stackSource(everything));
    expect(apps.map(({ host, proxyPort }) => [host, proxyPort])).to.deep.equal([
      ["photos.example.com", 8080],
      ["vault.example.com", 8082],
      ["grafana.example.com", 8100],
      ["status.example.com", 8099],
    ]);
    expect(platform.acme.challenge).to.equal("dns-01");
    expect(platform.edges[0]?.traefik?.sha256).to.have.lengthOf(64);
  });

  it("shows every option", () => {
    const source = stackSource(everything);
    const shown = new Set((source.keys?.() ?? []).flatMap((key) => pathsIn(source.get(key), [key])));
    const options = optionsIn(describeKeys());
    expect(options).to.include.members(["edges.limits.streams", "apps.*.chart.version"]);
    expect(options.filter((option) => !shown.has(option))).to.be.empty;
  });

  it("shows the command of every secret", () => {
    const commands = Object.keys(secrets).filter((key) =>
      new RegExp(`pulumi config set --secret (--path )?mynodeone:${key}\\b`).test(sample),
    );
    expect(commands).to.have.members(Object.keys(secrets));
  });

  it("names every app of the catalogue", () => {
    const heading = /One key per app: from the catalogue \(([^)]*)\)/.exec(sample)?.[1] ?? "";
    expect(heading.split(/[\s#,]+/)).to.have.members(Object.keys(catalogue));
  });

  // The catalogue's values create the objects they refer to. Overridden by hand, they would refer to missing objects.
  it("sets no value that the catalogue already sets", () => {
    const apps = stackSource(everything).get("apps") as Record<string, { values?: unknown } | null>;
    const settings = Object.keys(catalogue).flatMap((name) => {
      const ours = new Set(settingsIn(chosen(name).values));
      return settingsIn(apps[name]?.values).map((setting) => ({ setting, again: ours.has(setting) }));
    });
    expect(settings).not.to.be.empty;
    expect(settings.filter(({ again }) => again)).to.be.empty;
  });
});

/** Each value's path, without positions in lists and apps' names. */
function pathsIn(value: unknown, path: string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  const inner = isPlainObject(value) ? Object.entries(value) : [];
  const own = path.length === 2 && path[0] === "apps" ? ["apps", "*"] : path;
  return [own.join("."), ...inner.flatMap(([key, one]) => pathsIn(one, [...own, key]))];
}

/** Each option's path, as in {@link pathsIn}. Kinds of middlewares are Traefik's. */
function optionsIn(keys: JsonSchema): string[] {
  const inside = (schema: JsonSchema, path: string[]): string[] => {
    const { properties = {} } = schema.items ?? schema;
    const name = path.join(".");
    return [name, ...Object.entries(properties).flatMap(([key, one]) => inside(one, [...path, key]))];
  };
  const { properties = {}, definitions = {} } = keys;
  return [...Object.entries(properties), ["apps.*", definitions.app ?? {}] as const].flatMap(
    ([key, schema]) => inside(schema, [key]),
  );
}

/** Each value's last two keys: a chart may accept the same setting in several places. */
function settingsIn(values: unknown, path: string[] = []): string[] {
  if (!isPlainObject(values)) return values === undefined ? [] : [path.slice(-2).join(".")];
  return Object.entries(values).flatMap(([key, inner]) => settingsIn(inner, [...path, key]));
}
