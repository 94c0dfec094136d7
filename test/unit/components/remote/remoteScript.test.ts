import { expect } from "chai";
import { RemoteHost } from "../../../../components/remote/connection.ts";
import { asRoot, RemoteScript } from "../../../../components/remote/remoteScript.ts";
import { find, runProgram, scriptOf } from "../engine.ts";
import { ssh } from "../platform.ts";

const make = (more: object = {}) =>
  runProgram(() => new RemoteScript("s", { host: new RemoteHost(ssh), create: "echo 'hi'", ...more }, {}));

describe("RemoteScript", () => {
  it("runs as root, one script at a time, and stops at the first error", async () => {
    expect(asRoot("true", "root")).to.match(/^flock --close --wait \d+ \/run\/mynodeone\.lock sh -euc '/);
    expect(asRoot("true", "deploy")).to.match(/^sudo -n flock /);
    const { resources } = await make();
    expect(scriptOf(find(resources, "s"))).to.match(/\necho 'hi'$/);
  });

  it("pins the host key, hides the private key and gives up soon", async () => {
    const { resources } = await make();
    expect(find(resources, "s").inputs.connection).to.deep.equal({
      secret: {
        host: "192.0.2.1",
        port: 22,
        user: "deploy",
        hostKey: "ssh-ed25519 AAAAhost",
        privateKey: "the private key",
        dialErrorLimit: 3,
        perDialTimeout: 10,
      },
    });
  });

  it("removes the old before it makes the new, where host or identity change", async () => {
    const { resources } = await make({ identity: ["/etc/file"], delete: "rm -f /etc/file" });
    const script = find(resources, "s");
    expect(script.deleteBeforeReplace).to.equal(true);
    expect(script.inputs.triggers).to.deep.equal(["192.0.2.1:22", "/etc/file"]);
    expect(scriptOf(script, "delete")).to.match(/\nrm -f \/etc\/file$/);
  });

  it("takes a secret by standard input alone, and shows nothing of that run", async () => {
    const { resources } = await make({ stdin: "token" });
    const script = find(resources, "s");
    expect(script.inputs.stdin).to.deep.equal({ secret: "token" });
    expect(script.inputs.logging).to.equal("none");
    expect(script.additionalSecretOutputs).to.include.members(["stdin", "stdout", "stderr"]);
    expect(JSON.stringify([script.inputs.create, script.inputs.triggers])).not.to.contain("token");
  });
});
