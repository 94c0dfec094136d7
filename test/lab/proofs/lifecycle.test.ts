import { expect } from "chai";
import { existsSync } from "node:fs";
import { daemons, pidOf } from "../../../lab/daemon.ts";
import { bootSteps, labStatus, removeLab } from "../../../lab/lab.ts";
import { paths } from "../../../lab/paths.ts";
import { poll } from "../../../lab/poll.ts";
import { runSteps } from "../../../lab/progress.ts";
import { run, ssh } from "../../../lab/run.ts";
import { netns } from "../../../lab/topology.ts";
import { findTraces } from "../traces.ts";

const boot = () => runSteps(bootSteps(), { quiet: true });
const pids = () => Object.fromEntries(daemons().map((name) => [name, pidOf(name)]));
const down = () =>
  Object.entries(labStatus())
    .filter(([, running]) => !running)
    .map(([name]) => name);

describe("the lab", () => {
  it("restarts nothing when it is started a second time", async () => {
    const before = pids();
    await boot();
    expect(pids()).to.deep.equal(before);
  });

  it("names the programs that died, and starts them again", async () => {
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

  it("starts from nothing when part of its network is gone", async () => {
    const before = pids();
    await run("ip", ["netns", "delete", netns("client")]);
    expect(down()).to.deep.equal(["network"]);

    await boot();
    expect(down()).to.be.empty;
    expect(pids().dns).not.to.equal(before.dns);
  });

  it("leaves no process, namespace, mount or cgroup when it is removed", async () => {
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
