import * as pulumi from "@pulumi/pulumi";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import { version } from "@pulumi/pulumi/version.js";
import { expect } from "chai";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { among } from "./state.ts";

const unread = "renamed things are replaced, and what an interrupted run left is in the way";

/** The SDK's undocumented API that components/state uses: the file, and what fails without it. */
const internals: { of: object; has: string[]; file: string; lost: string }[] = [
  {
    of: pulumi.runtime,
    has: ["deserializeProperties", "unwrapRpcSecret", "getStackResource", "rpcKeepAlive", "getMonitor"],
    file: "stateReader",
    lost: unread,
  },
  {
    of: messages.ResourceInvokeRequest.prototype,
    has: ["setTok", "setArgs"],
    file: "stateReader",
    lost: unread,
  },
  { of: structMessages.Struct, has: ["fromJavaScript"], file: "stateReader", lost: unread },
  {
    of: pulumi.runtime,
    has: ["isConfigSecret"],
    file: "configEncryption",
    lost: "passwords in plain text pass unnoticed",
  },
  {
    of: pulumi.runtime,
    has: ["serializeProperties"],
    file: "transformInRun",
    lost: "SSH keys are in the state in plain text",
  },
  { of: pulumi, has: ["Stash"], file: "claim", lost: "releases that other programs installed are adopted" },
];

describe(`the Pulumi SDK ${version}`, () => {
  for (const { of, has, file, lost } of internals) {
    for (const name of has) {
      it(`has ${name}, which components/state/${file}.ts needs`, () => {
        const advice = `${name} is gone: find another way in components/state/${file}.ts. Without it, ${lost}`;
        expect(typeof Reflect.get(of, name), advice).to.equal("function");
      });
    }
  }

  it("gives direct access to the engine", async () => {
    const monitor = await among({}, () => pulumi.runtime.getMonitor());
    const advice = `getMonitor() has no invoke: find another way in components/state/stateReader.ts. Without it, ${unread}`;
    expect(typeof monitor?.invoke, advice).to.equal("function");
  });

  it("keeps the store of a run in an AsyncLocalStorage", () => {
    const advice =
      "components/state/hookInRun.ts binds hooks to a run by it: find how a hook finds its run now";
    expect(typeof globalThis.asyncLocalStorage.run, advice).to.equal("function");
  });
});
