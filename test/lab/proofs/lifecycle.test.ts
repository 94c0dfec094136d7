import { expect } from "chai";
import { execa } from "execa";
import { existsSync } from "node:fs";
import { cgroupProcesses } from "../../../lab/cgroups.ts";
import { stopCluster } from "../../../lab/cluster/index.ts";
import { daemons, pidOf } from "../../../lab/daemon.ts";
import { bootSteps, labStatus, removeLab } from "../../../lab/lab.ts";
import { paths } from "../../../lab/paths.ts";
import { poll } from "../../../lab/poll.ts";
import { processOf } from "../../../lab/process.ts";
import { runSteps } from "../../../lab/progress.ts";
import { run, runInNetwork, ssh } from "../../../lab/run.ts";
import { netns } from "../../../lab/topology.ts";
import { findTraces } from "../traces.ts";

const boot = () => runSteps(bootSteps(), { quiet: true });
const pids = () => Object.fromEntries(daemons().map((name) => [name, pidOf(name)]));
const down = () =>
  Object.entries(labStatus())
    .filter(([, running]) => !running)
    .map(([name]) => name);

describe("the lab", () => {
  it("restarts nothing if it is started a second time", async () => {
    const before = pids();
    await boot();
    expect(pids()).to.deep.equal(before);
  });

  it("names the programs that have died, and starts them again", async () => {
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

  it("keeps no pod's interface when its cluster stops, even if the kernel keeps the pods' namespaces", async () => {
    const interfaces = async () =>
      (await runInNetwork("home", ["ip", "-brief", "link"])).match(/^veth/gm) ?? [];
    await poll(async () => expect(await interfaces()).not.to.be.empty, {
      what: "pods to run",
      timeout: 30_000,
    });
    const pod = cgroupProcesses(netns("home")).find((pid) => processOf(pid)?.command[0] === "/pause") ?? NaN;
    const holder = execa("nsenter", [`--net=/proc/${pod}/ns/net`, "sleep", "60"], { reject: false });
    try {
      await stopCluster();
      expect(await interfaces()).to.deep.equal([]);
    } finally {
      holder.kill();
      await holder;
      await boot();
    }
  });

  it("starts from scratch if part of its network is missing", async () => {
    const before = pids();
    await run("ip", ["netns", "delete", netns("client")]);
    expect(down()).to.deep.equal(["network"]);

    await boot();
    expect(down()).to.be.empty;
    expect(pids().dns).not.to.equal(before.dns);
  });

  it("leaves no process, namespace, mount or cgroup after it is removed", async () => {
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
