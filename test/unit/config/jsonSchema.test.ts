import { Ajv } from "ajv";
import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { generatedFiles } from "../../../config/generate.ts";
import { stackFileSchema } from "../../../config/jsonSchema.ts";
import type { JsonSchema } from "../../../config/jsonSchema.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { fixtures } from "./stackFile.ts";

const schema = stackFileSchema();
const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);

/** What an editor would underline, each with its place. */
function complaints(path: string): string[] {
  validate(parse(readFileSync(path, "utf8")));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

/** What only the checks can know: it takes two options to see it, or the text inside a value. */
const beyondJsonSchema = ["duplicates", "exclusions", "nestedSecret", "openSignup", "subdomains", "users"];

describe("the JSON Schema", () => {
  for (const file of readdirSync(join(fixtures, "valid"))) {
    it(`takes ${file}`, () => {
      expect(complaints(join(fixtures, "valid", file))).to.be.empty;
    });
  }

  for (const file of ["Pulumi.prod.yaml", "Pulumi.lab.yaml"]) {
    it(`takes ${file}, which names it`, () => {
      expect(complaints(join(projectRoot, file))).to.be.empty;
      expect(readFileSync(join(projectRoot, file), "utf8")).to.match(
        /^# yaml-language-server: \$schema=config\/schema\.json$/m,
      );
    });
  }

  for (const file of readdirSync(join(fixtures, "invalid"))) {
    const name = basename(file, ".yaml");
    if (beyondJsonSchema.includes(name)) continue;
    it(`refuses ${file}`, () => {
      expect(complaints(join(fixtures, "invalid", file))).not.to.be.empty;
    });
  }

  it("points at the option that is wrong", () => {
    const wrong = complaints(join(fixtures, "invalid", "routeOptions.yaml")).join("\n");
    for (const option of ["rateLimit/average", "adminClaimed", "allowFrom/4", "middlewares/0"]) {
      expect(wrong).to.include(`/config/mynodeone:apps/immich/${option} `);
    }
  });

  it("refuses options at the top, and the lack of one that is required", () => {
    const minimal = readFileSync(join(fixtures, "valid", "minimal.yaml"), "utf8");
    expect(validate(parse(minimal))).to.equal(true);
    expect(validate(parse(`${minimal}mynodeone:apps: {}\n`))).to.equal(false);
    expect(validate(parse(minimal.replace("  mynodeone:domain: example.com\n", "")))).to.equal(false);
  });

  it("describes every option, and completes the catalogue's apps", () => {
    const { config } = schema.properties ?? {};
    const apps = config?.properties?.["mynodeone:apps"]?.properties ?? {};
    expect(apps).to.include.keys("immich", "vaultwarden");
    expect(undescribed(config ?? {}, "config")).to.be.empty;
    expect(undescribed(schema.definitions?.app ?? {}, "app")).to.be.empty;
  });
});

function undescribed({ properties = {}, items }: JsonSchema, path: string): string[] {
  const inside = items === undefined ? [] : undescribed(items, `${path}[]`);
  return Object.entries(properties).reduce((found, [key, one]) => {
    const own = one.description === undefined && one.$ref === undefined ? [`${path}.${key}`] : [];
    return [...found, ...own, ...undescribed(one, `${path}.${key}`)];
  }, inside);
}

describe("generated files", () => {
  it("are current; `npm run schema` writes them", async function () {
    this.timeout(20_000);
    for (const [path, text] of Object.entries(await generatedFiles())) {
      expect(readFileSync(join(projectRoot, path), "utf8"), path).to.equal(text);
    }
  });
});
