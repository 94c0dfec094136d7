import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { machineName, scriptType } from "../../../../components/host/machine.ts";
import { aliasRenamed } from "../../../../components/state/aliasRenamed.ts";
import { secret } from "../../pulumiSecret.ts";
import { runProgram } from "../engine.ts";

const script = (name: string, triggers: string[], host: string, hostKey: string) => ({
  [`urn:pulumi:prod::mynodeone::${scriptType}::${name}`]: {
    type: scriptType,
    outputs: { triggers, connection: { host, port: 22, hostKey } },
  },
});
const recorded = {
  ...script("vps-traefik", ["the vps", "traefik"], "192.0.2.1", "key of the vps"),
  ...script("home-firewall", ["the home", "firewall"], "192.0.2.2", "key of the home"),
};

/** The result of a function in a program whose stack has these outputs. */
async function among<T>(outputs: object, ask: () => Promise<T>): Promise<T> {
  const call = { "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs }) };
  return (await runProgram(ask, { call })).result;
}

describe("a machine", () => {
  const name = (address: string, key: string) => among(recorded, () => machineName(address, key));

  it("keeps its name when its address or its host key changes", async () => {
    expect(await name("192.0.2.9:22", "key of the vps")).to.equal("the vps");
    expect(await name("192.0.2.1:2222", "key of the vps")).to.equal("the vps");
    expect(await name("192.0.2.1:22", "another key")).to.equal("the vps");
    // The key takes precedence over an address that another machine had before.
    expect(await name("192.0.2.1:22", "key of the home")).to.equal("the home");
  });

  it("gets a new name when both change, or when no script is in the state", async () => {
    expect(await name("192.0.2.9:22", "another key")).to.equal("192.0.2.9:22 another key");
    expect(await among({}, () => machineName("192.0.2.1:22", "key"))).to.equal("192.0.2.1:22 key");
  });
});

describe("a renamed resource", () => {
  const sameTriggers = aliasRenamed(
    (props, old) => JSON.stringify(props.triggers) === JSON.stringify(old.triggers),
  );
  const aliasesOf = async (name: string, triggers: string[]) => {
    const args = { type: scriptType, name, custom: true, props: { triggers }, opts: {} };
    const result = await among(recorded, async () => sameTriggers(args as pulumi.ResourceTransformArgs));
    return result?.opts.aliases;
  };

  it("is aliased to the resource in the state that manages the same thing", async () => {
    expect(await aliasesOf("front-traefik", ["the vps", "traefik"])).to.deep.equal([
      `urn:pulumi:prod::mynodeone::${scriptType}::vps-traefik`,
    ]);
  });

  it("keeps its secrets, although the SDK serializes them outside the run", async () => {
    const key = pulumi.secret("a key");
    const args = { type: scriptType, name: "front", custom: true, props: { connection: { key } }, opts: {} };
    const written = await among(recorded, () => {
      const transform = aliasRenamed(() => true);
      // Outside the run, the SDK has not yet asked the engine whether it supports secrets.
      const outside = { ...(globalThis.globalStore as object), supportsSecrets: false };
      return globalThis.asyncLocalStorage.run(outside as typeof globalStore, async () => {
        const result = await transform(args);
        return pulumi.runtime.serializeProperties("props", result?.props ?? {});
      });
    });
    expect(written).to.deep.equal({ connection: { key: secret("a key") } });
  });

  it("gets no alias if its name is in the state or nothing manages the same thing", async () => {
    expect(await aliasesOf("home-firewall", ["the vps", "traefik"])).to.equal(undefined);
    expect(await aliasesOf("front-firewall", ["the vps", "firewall"])).to.equal(undefined);
  });
});
