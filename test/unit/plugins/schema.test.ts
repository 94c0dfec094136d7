import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../../lab/paths.ts";
import { cloudflareProvider } from "../../../lab/plugins/cloudflare/provider.ts";
import { remoteCommandSchema } from "../../../lab/plugins/command/remoteCommand.ts";
import { commandProvider } from "../../../lab/plugins/command/provider.ts";
import type { Provider } from "../../../lab/plugins/framework/provider.ts";
import type { Fields } from "../../../lab/plugins/framework/schema.ts";
import { kubernetesProvider } from "../../../lab/plugins/kubernetes/provider.ts";
import { tailscaleProvider } from "../../../lab/plugins/tailscale/provider.ts";
import { differences, optionOf, readSdkTypes, type SdkTypes } from "./fixtures/sdkTypes.ts";

/** Where the SDKs declare what the stand-ins offer: by token, the module and the class or function. */
const resources: Record<string, [module: string, name: string]> = {
  "command:remote:Command": ["command/remote/command", "Command"],
  "cloudflare:index/dnsRecord:DnsRecord": ["cloudflare/dnsRecord", "DnsRecord"],
  "kubernetes:helm.sh/v3:Release": ["kubernetes/helm/v3/release", "Release"],
  "kubernetes:core/v1:Namespace": ["kubernetes/core/v1/namespace", "Namespace"],
  "kubernetes:core/v1:Service": ["kubernetes/core/v1/service", "Service"],
};
const functions: Record<string, [module: string, name: string]> = {
  "cloudflare:index/getDnsRecords:getDnsRecords": ["cloudflare/getDnsRecords", "GetDnsRecords"],
  "cloudflare:index/getZone:getZone": ["cloudflare/getZone", "GetZone"],
  "tailscale:index/getDevice:getDevice": ["tailscale/getDevice", "GetDevice"],
};
const providers: Provider[] = [
  commandProvider("1"),
  kubernetesProvider("1"),
  cloudflareProvider("1"),
  tailscaleProvider("1"),
];

describe("what the stand-ins take and give", function () {
  // The compiler reads some megabytes of declarations.
  this.timeout(180_000);
  let sdk: SdkTypes;

  before(() => {
    const modules = [...Object.values(resources), ...Object.values(functions)].map(([module]) => module);
    sdk = readSdkTypes([...modules, ...providers.map(({ name }) => `${name}/provider`)]);
  });

  it("is all declared by an SDK", () => {
    const offered = providers.flatMap((provider) => Object.keys(provider.resources ?? {}));
    expect(offered).to.have.members(Object.keys(resources));
    const callable = providers.flatMap((provider) => Object.keys(provider.functions ?? {}));
    expect(callable).to.have.members(Object.keys(functions));
  });

  for (const provider of providers) {
    for (const [token, { schema }] of Object.entries(provider.resources ?? {})) {
      const [module, name] = resources[token] ?? ["", ""];

      it(`has the inputs of ${name}`, () => {
        expect(differences(schema.inputs, sdk.fields(module, `${name}Args`))).to.be.empty;
      });

      it(`has the outputs of ${name}`, () => {
        const declared = sdk.fields(module, name);
        // What is taken and forgotten may be no output.
        const inputs = Object.entries(schema.inputs).filter(
          ([name, { dropped }]) => !dropped || declared[name],
        );
        const here = { ...Object.fromEntries(inputs), ...schema.outputs };
        expect(differences(asOutputs(here), asOutputs(declared))).to.be.empty;
      });

      it(`keeps secret what ${name} does`, () => {
        const secret = Object.keys(schema.inputs).filter((input) => schema.inputs[input]?.secret);
        expect(secret).to.have.members(optionOf(module, "additionalSecretOutputs"));
      });
    }

    for (const [token, { schema }] of Object.entries(provider.functions ?? {})) {
      const [module, name] = functions[token] ?? ["", ""];

      it(`has the arguments and the result of ${name}`, () => {
        expect(differences(schema.inputs, sdk.fields(module, `${name}Args`))).to.be.empty;
        const here = { ...schema.inputs, ...schema.outputs };
        expect(differences(asOutputs(here), asOutputs(sdk.fields(module, `${name}Result`)))).to.be.empty;
      });
    }
  }

  it("replaces a command for what the SDK names to the engine", () => {
    const { inputs } = remoteCommandSchema;
    const replacing = Object.keys(inputs).filter((name) => inputs[name]?.replaces);
    expect(optionOf("command/remote/command", "replaceOnChanges")).to.have.members(
      replacing.map((name) => `${name}[*]`),
    );
  });

  it("is configured by nothing but the official providers' arguments", () => {
    const { config } = parse(readFileSync(join(projectRoot, "Pulumi.lab.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    for (const { name } of providers) {
      const known = Object.keys(sdk.fields(`${name}/provider`, "ProviderArgs"));
      const used = Object.keys(config).filter((key) => key.startsWith(`${name}:`));
      expect(
        known.map((argument) => `${name}:${argument}`),
        name,
      ).to.include.members(used);
    }
  });

  it("would be told apart: a name, a type, a rule that is another", () => {
    const declared = sdk.fields("command/remote/command", "CommandArgs");
    const { stdin, ...others } = declared;
    expect(differences({ ...others, standardInput: stdin ?? { type: "string" } }, declared)).to.deep.equal([
      "standardInput: not in the SDK",
      "stdin: only in the SDK",
    ]);
    expect(differences({ ...declared, stdin: { type: "number" } }, declared)).to.deep.equal([
      "stdin: number here, string in the SDK",
    ]);
    expect(differences({ ...declared, stdin: { type: "string", required: true } }, declared)).to.deep.equal([
      "stdin: optional in the SDK",
    ]);
    const { connection } = declared;
    const fields = (connection?.type as { fields: Fields }).fields;
    const renamed = { ...fields, hostkey: { type: "string" } } as const;
    expect(
      differences({ ...declared, connection: { type: { fields: renamed }, required: true } }, declared),
    ).to.deep.equal(["connection.hostkey: not in the SDK"]);
  });
});

/** Whether something has to be given is no question of outputs. */
function asOutputs(fields: Fields): Fields {
  const strip = (type: Fields[string]["type"]): Fields[string]["type"] => {
    if (typeof type !== "object") return type;
    if ("list" in type) return { list: strip(type.list) };
    return "fields" in type ? { fields: asOutputs(type.fields) } : type;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, { type: strip(type) }]));
}
