import { expect } from "chai";
import { claim } from "../../../../components/state/index.ts";
import { rejection } from "../../rejection.ts";
import { find, runProgram } from "../engine.ts";
import { engineWith, inState, outsideTheRun } from "./state.ts";

const owner = { type: "example:index:Release", name: "photos" };

/** A claim in a stack with these resources, and the number of calls for the reason of a refusal. */
async function claimed(resources: Record<string, object>, reason?: string) {
  let asked = 0;
  const refusal = () => {
    asked += 1;
    return Promise.resolve(reason);
  };
  const { hooks, resources: registered } = await runProgram(() => {
    claim("photos-claim", { id: "media/photos", owner, refusal }, {});
  }, engineWith(resources));
  return { hooks, claim: find(registered, "photos-claim"), asked: () => asked };
}

describe("a claim", () => {
  it("is a Stash of the claimed thing, which needs no provider", async () => {
    const one = await claimed({});
    expect(one.claim).to.include({ type: "pulumi:index:Stash" });
    expect(one.claim.inputs).to.deep.equal({ input: "media/photos" });
  });

  it("is refused before it is recorded if the thing belongs to others", async () => {
    const { hooks } = await claimed({}, "somebody else's");
    const when = hooks.map(({ name }) => /before\w+?(?=_)/.exec(name)?.[0]);
    expect(when).to.have.members(["beforeCreate", "beforeUpdate"]);
    for (const { callback } of hooks) {
      const { message } = await outsideTheRun(() => rejection(callback()));
      expect(message).to.equal("somebody else's");
    }
  });

  it("is granted if the thing does not exist", async () => {
    const { hooks, asked } = await claimed(inState(owner.type, "another", {}));
    for (const { callback } of hooks) await callback();
    expect(asked()).to.equal(hooks.length);
  });

  it("is granted without a check if its owner is in the state", async () => {
    const { hooks, asked } = await claimed(inState(owner.type, owner.name, {}), "somebody else's");
    for (const { callback } of hooks) await callback();
    expect(asked()).to.equal(0);
  });
});
