import { expect } from "chai";
import { existsSync } from "node:fs";
import { daemons, pidOf } from "../../lab/daemon.ts";
import { bootSteps, labStatus, removeLab } from "../../lab/lab.ts";
import { runStack } from "../../lab/operator.ts";
import { paths } from "../../lab/paths.ts";
import { poll } from "../../lab/poll.ts";
import { runSteps } from "../../lab/progress.ts";
import { run, ssh } from "../../lab/run.ts";
import { netns } from "../../lab/topology.ts";
import { findTraces } from "./traces.ts";

const boot = () => runSteps(bootSteps(), { quiet: true });
const pids = () => Object.fromEntries(daemons().map((name) => [name, pidOf(name)]));
const down = () =>
  Object.entries(labStatus())
    .filter(([, running]) => !running)
    .map(([name]) => name);

describe("the lab's life", () => {
  // Other files begin on a lab that has its stack.
  after(() => runStack({ operation: "up" }));

  it("finds on a second start what is there", async () => {
    const before = pids();
    await boot();
    expect(pids()).to.deep.equal(before);
  });

  it("names what has died, and mends it on the next start", async () => {
    expect(down()).to.be.empty;
    const victims = ["headscale", "kubelet", "machine-home"];
    for (const name of victims) process.kill(-(pidOf(name) ?? NaN), "SIGKILL");
    await poll(
      () => {
        expect(down()).to.have.members(victims);
      },
      { what: "the dead to be named", timeout: 10_000 },
    );

    await boot();
    expect(down()).to.be.empty;
    expect(await ssh("home", "systemctl is-active tailscaled")).to.equal("active");
  });

  it("starts anew when its network is gone in part", async () => {
    const before = pids();
    await run("ip", ["netns", "delete", netns("client")]);
    expect(down()).to.deep.equal(["network"]);

    await boot();
    expect(down()).to.be.empty;
    expect(pids().dns).not.to.equal(before.dns);
  });

  it("leaves nothing behind when it goes down", async () => {
    const running = await findTraces();
    for (const kind of ["processes", "namespaces", "mounts", "cgroups"] as const) {
      expect(running[kind], `${kind} of a running lab`).not.to.be.empty;
    }

    await removeLab();
    const left = await findTraces(running);
    expect(left).to.deep.include({ processes: [], namespaces: [], mounts: [], cgroups: [] });
    expect(left.machineNetwork).to.equal(running.machineNetwork);
    expect(existsSync(paths.lab)).to.equal(false);

    await boot();
    expect(down()).to.be.empty;
  });
});
