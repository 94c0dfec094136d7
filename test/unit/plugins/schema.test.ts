import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { cloudflareProvider } from "../../../lab/plugins/cloudflare/provider.ts";
import { remoteCommandSchema } from "../../../lab/plugins/command/remoteCommand.ts";
import { commandProvider } from "../../../lab/plugins/command/provider.ts";
import type { Provider } from "../../../lab/plugins/framework/provider.ts";
import type { Fields } from "../../../lab/plugins/framework/schema.ts";
import { kubernetesProvider } from "../../../lab/plugins/kubernetes/provider.ts";
import { tailscaleProvider } from "../../../lab/plugins/tailscale/provider.ts";
import { differences, optionOf, readSdkTypes, type SdkTypes } from "./fixtures/sdkTypes.ts";

/** The SDK's module and class or function for each token that the stand-ins implement. */
const resources: Record<string, [module: string, name: string]> = {
  "command:remote:Command": ["command/remote/command", "Command"],
  "cloudflare:index/dnsRecord:DnsRecord": ["cloudflare/dnsRecord", "DnsRecord"],
  "kubernetes:helm.sh/v3:Release": ["kubernetes/helm/v3/release", "Release"],
  "kubernetes:core/v1:Namespace": ["kubernetes/core/v1/namespace", "Namespace"],
  "tailscale:index/acl:Acl": ["tailscale/acl", "Acl"],
  "kubernetes:core/v1:Service": ["kubernetes/core/v1/service", "Service"],
};
const functions: Record<string, [module: string, name: string]> = {
  "cloudflare:index/getDnsRecords:getDnsRecords": ["cloudflare/getDnsRecords", "GetDnsRecords"],
  "cloudflare:index/getZone:getZone": ["cloudflare/getZone", "GetZone"],
  "cloudflare:index/getZones:getZones": ["cloudflare/getZones", "GetZones"],
  "tailscale:index/getAcl:getAcl": ["tailscale/getAcl", "GetAcl"],
  "tailscale:index/getDevices:getDevices": ["tailscale/getDevices", "GetDevices"],
};
const providers: Provider[] = [
  commandProvider("1"),
  kubernetesProvider("1"),
  cloudflareProvider("1"),
  tailscaleProvider("1"),
];

describe("the stand-in schema", function () {
  // The compiler reads several megabytes of declarations.
  this.timeout(180_000);
  let sdk: SdkTypes;

  before(() => {
    const modules = [...Object.values(resources), ...Object.values(functions)].map(([module]) => module);
    sdk = readSdkTypes([...modules, ...providers.map(({ name }) => `${name}/provider`)]);
  });

  it("has exactly the resources and functions that these tests compare", () => {
    const offered = providers.flatMap((provider) => Object.keys(provider.resources ?? {}));
    expect(offered).to.have.members(Object.keys(resources));
    const callable = providers.flatMap((provider) => Object.keys(provider.functions ?? {}));
    expect(callable).to.have.members(Object.keys(functions));
  });

  for (const provider of providers) {
    for (const [token, { schema }] of Object.entries(provider.resources ?? {})) {
      const [module, name] = resources[token] ?? ["", ""];

      it(`has the SDK's inputs of ${name}`, () => {
        expect(differences(schema.inputs, sdk.fields(module, `${name}Args`))).to.be.empty;
      });

      it(`has the SDK's outputs of ${name}`, () => {
        const declared = sdk.fields(module, name);
        // An input that is not stored does not have to be an output.
        const inputs = Object.entries(schema.inputs).filter(
          ([name, { dropped }]) => !dropped || declared[name],
        );
        const here = { ...Object.fromEntries(inputs), ...schema.outputs };
        expect(differences(asOutputs(here), asOutputs(declared))).to.be.empty;
      });

      it(`marks the SDK's secret properties of ${name} as secret`, () => {
        const secret = Object.keys(schema.inputs).filter((input) => schema.inputs[input]?.secret);
        expect(secret).to.have.members(optionOf(module, "additionalSecretOutputs"));
      });
    }

    for (const [token, { schema }] of Object.entries(provider.functions ?? {})) {
      const [module, name] = functions[token] ?? ["", ""];

      it(`has the SDK's arguments and result of ${name}`, () => {
        // The SDK declares no arguments type for a function without arguments.
        const declared = Object.keys(schema.inputs).length > 0 ? sdk.fields(module, `${name}Args`) : {};
        expect(differences(schema.inputs, declared)).to.be.empty;
        const here = { ...schema.inputs, ...schema.outputs };
        expect(differences(asOutputs(here), asOutputs(sdk.fields(module, `${name}Result`)))).to.be.empty;
      });
    }
  }

  it("replaces a command for the same inputs as the SDK", () => {
    const { inputs } = remoteCommandSchema;
    const replacing = Object.keys(inputs).filter((name) => inputs[name]?.replaces);
    expect(optionOf("command/remote/command", "replaceOnChanges")).to.have.members(
      replacing.map((name) => `${name}[*]`),
    );
  });

  it("needs only arguments of the official providers in Pulumi.prod.yaml", () => {
    const sample = readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
    const known = providers.flatMap(({ name }) =>
      Object.keys(sdk.fields(`${name}/provider`, "ProviderArgs")).map((argument) => `${name}:${argument}`),
    );
    const used = [...sample.matchAll(/^## +pulumi config set (?:--secret )?(\w+:\w+)/gm)]
      .map(([, key = ""]) => key)
      .filter((key) => !key.startsWith("mynodeone:"));
    expect(used).not.to.be.empty;
    expect(known).to.include.members(used);
  });

  it("is compared by name, by type and by whether a field is required", () => {
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

/** Outputs are compared without the flag that marks an input as required. */
function asOutputs(fields: Fields): Fields {
  const strip = (type: Fields[string]["type"]): Fields[string]["type"] => {
    if (typeof type !== "object") return type;
    if ("list" in type) return { list: strip(type.list) };
    return "fields" in type ? { fields: asOutputs(type.fields) } : type;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, { type }]) => [name, { type: strip(type) }]));
}
