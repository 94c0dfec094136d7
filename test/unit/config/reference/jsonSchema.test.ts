import { Ajv } from "ajv";
import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { generatedFiles } from "../../../../tools/reference.ts";
import { stackFileSchema } from "../../../../config/reference/jsonSchema.ts";
import type { JsonSchema } from "../../../../config/reference/jsonSchema.ts";
import { projectRoot } from "../../../../lab/paths.ts";
import { fixtures } from "../stackFile.ts";

const schema = stackFileSchema();
const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);

/** The errors that an editor would underline, each with its path. */
function complaints(path: string): string[] {
  validate(parse(readFileSync(path, "utf8")));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

/** Fixtures that JSON Schema accepts: all their problems concern two options, or the text inside a value. */
const beyondJsonSchema = ["exclusions", "openSignup", "subdomains"];

describe("the JSON Schema", () => {
  for (const file of readdirSync(join(fixtures, "valid"))) {
    it(`accepts the valid fixture ${file}`, () => {
      expect(complaints(join(fixtures, "valid", file))).to.be.empty;
    });
  }

  for (const file of ["Pulumi.prod.yaml", "Pulumi.lab.yaml"]) {
    it(`accepts ${file}, which refers to it`, () => {
      expect(complaints(join(projectRoot, file))).to.be.empty;
      expect(readFileSync(join(projectRoot, file), "utf8")).to.match(
        /^# yaml-language-server: \$schema=config\/schema\.json$/m,
      );
    });
  }

  for (const file of readdirSync(join(fixtures, "invalid"))) {
    if (beyondJsonSchema.includes(basename(file, ".yaml"))) {
      it(`accepts the invalid fixture ${file}, whose problems it cannot express`, () => {
        expect(complaints(join(fixtures, "invalid", file))).to.be.empty;
      });
    } else {
      it(`refuses the invalid fixture ${file}`, () => {
        expect(complaints(join(fixtures, "invalid", file))).not.to.be.empty;
      });
    }
  }

  it("reports the path of each invalid option", () => {
    const wrong = complaints(join(fixtures, "invalid", "routeOptions.yaml")).join("\n");
    for (const option of ["rateLimit/average", "adminClaimed", "allowFrom/4", "middlewares/0"]) {
      expect(wrong).to.include(`/config/mynodeone:apps/immich/${option} `);
    }
  });

  it("refuses options at the top level and a missing required option", () => {
    const minimal = readFileSync(join(fixtures, "valid", "minimal.yaml"), "utf8");
    expect(validate(parse(minimal))).to.equal(true);
    expect(validate(parse(`${minimal}mynodeone:apps: {}\n`))).to.equal(false);
    expect(validate(parse(minimal.replace("  mynodeone:domain: example.com\n", "")))).to.equal(false);
  });

  it("describes every option and lists the catalogue's apps for completion", () => {
    const { config } = schema.properties ?? {};
    const apps = config?.properties?.["mynodeone:apps"]?.properties ?? {};
    expect(apps).to.include.keys("immich", "vaultwarden");
    expect(undescribed(config ?? {}, "config")).to.be.empty;
    const { app = {} } = schema.definitions ?? {};
    expect(app.properties).to.include.keys("internet", "service");
    expect(undescribed(app, "app")).to.be.empty;
  });

  it("would be found to lack a description at any depth", () => {
    const bare = { type: "string" };
    const inside = { description: "With words.", properties: { bare, other: { $ref: "#" } } };
    const list = { description: "With words.", items: inside };
    expect(undescribed({ properties: { bare, inside, list } }, "a")).to.deep.equal([
      "a.bare",
      "a.inside.bare",
      "a.list[].bare",
    ]);
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
  it("are up to date (`npm run schema` writes them)", async function () {
    this.timeout(20_000);
    const files = await generatedFiles();
    expect(files).to.have.all.keys("config/schema.json", "docs/options.md");
    for (const [path, text] of Object.entries(files)) {
      expect(readFileSync(join(projectRoot, path), "utf8"), path).to.equal(text);
    }
  });
});
