import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { hookInRun, resourcesInState } from "../../../../components/state/index.ts";
import { rejection } from "../../rejection.ts";
import { among, inState, outsideTheRun } from "./state.ts";

const type = "example:index:Thing";
const resources = inState(type, "thing", {});

describe("a hook", () => {
  const hook = async (greeting: string) => {
    const known = await resourcesInState(type);
    return [greeting, pulumi.getStack(), ...known.map(({ name }) => name)];
  };

  it("knows its run's stack and engine, although the engine calls it outside the run", async () => {
    const seen = await among(resources, () => {
      const bound = hookInRun(hook);
      return outsideTheRun(() => bound("hello"));
    });
    expect(seen).to.deep.equal(["hello", "stack", "thing"]);
  });

  it("that is not bound to its run knows neither (the control)", async () => {
    const error = await among(resources, () => outsideTheRun(() => rejection(hook("hello"))));
    expect(error.message).to.contain("organization/project/outside").and.contain("no engine is connected");
  });
});
