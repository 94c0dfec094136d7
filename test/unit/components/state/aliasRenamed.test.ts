import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { aliasRenamed } from "../../../../components/state/index.ts";
import { among, inState } from "./state.ts";

const type = "example:index:Script";
const resources = {
  ...inState(type, "vps-traefik", { triggers: ["the vps", "traefik"] }),
  ...inState(type, "home-firewall", { triggers: ["the home", "firewall"] }),
};

describe("a renamed resource", () => {
  const sameTriggers = aliasRenamed(
    (props, old) => JSON.stringify(props.triggers) === JSON.stringify(old.triggers),
  );
  const aliasesOf = async (name: string, triggers: string[]) => {
    const args = { type, name, custom: true, props: { triggers }, opts: {} };
    const result = await among(resources, () => sameTriggers(args as pulumi.ResourceTransformArgs));
    return result?.opts.aliases;
  };

  it("is aliased to the resource in the state that manages the same thing", async () => {
    expect(await aliasesOf("front-traefik", ["the vps", "traefik"])).to.deep.equal([
      `urn:pulumi:prod::mynodeone::${type}::vps-traefik`,
    ]);
  });

  it("gets no alias if its name is in the state or nothing manages the same thing", async () => {
    expect(await aliasesOf("home-firewall", ["the vps", "traefik"])).to.equal(undefined);
    expect(await aliasesOf("front-firewall", ["the vps", "firewall"])).to.equal(undefined);
  });
});
