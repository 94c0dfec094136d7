import * as pulumi from "@pulumi/pulumi";
import { version } from "@pulumi/pulumi/version.js";
import { expect } from "chai";
import { resourcesInState } from "../../../../components/state/index.ts";
import { readFunction } from "../../../../components/state/stateReader.ts";
import { rejection } from "../../rejection.ts";
import { runProgram } from "../engine.ts";
import { among, engineWith, inState, outsideTheRun, withStore } from "./state.ts";

const type = "example:index:Thing";

describe("the resources in a stack's state", () => {
  it("are those of one type, by name, with secrets in plain text", async () => {
    const outputs = { connection: { key: pulumi.secret("a key") } };
    const resources = {
      ...inState(type, "a::name", outputs),
      ...inState("example:index:Other", "other", {}),
    };
    expect(await among(resources, () => resourcesInState(type))).to.deep.equal([
      {
        urn: `urn:pulumi:prod::mynodeone::${type}::a::name`,
        name: "a::name",
        type,
        outputs: { connection: { key: "a key" } },
      },
    ]);
  });

  it("are read once per run and do not include those that the run itself creates", async () => {
    const states = [inState(type, "before", {}), inState(type, "made since", {})];
    const standIn = { call: { [readFunction]: () => ({ outputs: states.shift() }) } };
    const { result } = await runProgram(async () => {
      const names = async () => (await resourcesInState(type)).map(({ name }) => name);
      const asRun = (stackResource: object) => withStore(() => ({ stackResource }), names);
      const [first, second] = [{}, {}];
      return [await asRun(first), await asRun(first), await asRun(second)];
    }, standIn);
    expect(result).to.deep.equal([["before"], ["before"], ["made since"]]);
  });

  it("never count as none because the engine does not report them", async () => {
    const told = async (answer: () => Record<string, unknown>) => {
      const ask = () => rejection(resourcesInState(type));
      return (await runProgram(ask, { call: { [readFunction]: answer } })).result;
    };
    const refused = await told(() => {
      throw new Error("unrecognized function name");
    });
    expect(pulumi.RunError.isInstance(refused), "no stack trace").to.equal(true);
    expect(refused.message)
      .to.contain("the state of the stack organization/project/stack cannot be read")
      .and.contain(`unrecognized function name (@pulumi/pulumi ${version}). Run again.`);
    const oldLayout = await told(() => {
      throw new Error("a stack name may only contain alphanumeric, hyphens, underscores, or periods");
    });
    expect(oldLayout.message).to.contain("pulumi state upgrade");
    // Like usual mocks, which answer every call with its arguments.
    const mocked = await told(() => ({ stackName: "organization/project/stack" }));
    expect(mocked.message).to.contain(`a mock must answer ${readFunction} with { outputs: {} }`);
  });

  it("are not waited for without a connected engine", async () => {
    const { message } = await among({}, () => outsideTheRun(() => rejection(resourcesInState(type))));
    expect(message).to.contain("no engine is connected");
  });

  it("are not read by the SDK's own invoke, which logs their secrets (the control)", async () => {
    const resources = inState(type, "thing", { key: pulumi.secret("a key") });
    const log = async (ask: () => Promise<unknown>) => {
      const lines: string[] = [];
      const engine = {
        log: (request: { getMessage(): string }, done: (error: null, answer: object) => void) => {
          lines.push(request.getMessage());
          done(null, {});
        },
      };
      await runProgram(async () => {
        const logged = ({ settings }: { settings: object }) => ({ settings: { ...settings, engine } });
        await withStore(logged, async () => {
          await ask();
          await pulumi.log.debug("the end");
        });
      }, engineWith(resources));
      expect(lines.at(-1)).to.equal("the end");
      return lines.join("\n");
    };
    const args = { stackName: "organization/project/stack" };
    expect(
      await log(() => pulumi.runtime.invoke(readFunction, args)),
      "The SDK logs no secret any more: its invoke can replace what stateReader.ts asks for directly",
    ).to.contain("a key");
    expect(await log(() => resourcesInState(type))).not.to.contain("a key");
  });
});
