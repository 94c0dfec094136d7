import { expect } from "chai";
import type { MachineFacts } from "../../../lab/toolchain/machine.ts";
import { prerequisiteProblems, type Needs } from "../../../lab/toolchain/prerequisites.ts";

describe("the prerequisite check", () => {
  const machine: MachineFacts = {
    isRoot: true,
    platform: "linux/x64",
    hasApt: true,
    nodeVersion: "24.1.0",
    go: { version: "1.26.2", switches: false },
    hasPip: true,
    freeDisk: 20e9,
    hasTun: true,
    hasControlGroups: true,
    hasOverlay: true,
    freeInotify: 128,
  };
  const needs: Needs = { go: "1.26.2", pip: true, disk: 12e9, inotify: 40 };

  it("reports no problem on a machine with all prerequisites", () => {
    expect(prerequisiteProblems(machine, needs)).to.deep.equal([]);
  });

  it("reports all problems at once, each with its remedy", () => {
    const bare: MachineFacts = {
      isRoot: false,
      platform: "darwin/arm64",
      hasApt: false,
      nodeVersion: "20.1.0",
      hasPip: false,
      freeDisk: 3e9,
      hasTun: false,
      hasControlGroups: false,
      hasOverlay: false,
      freeInotify: 12,
    };
    const problems = prerequisiteProblems(bare, needs);
    const mends = [
      "virtual machine",
      "sudo",
      "Debian 12",
      "nodejs.org",
      "go.dev/doc/install",
      "apt-get install python3-pip",
      "XDG_CACHE_HOME",
      "modprobe tun",
      "mount -t cgroup2",
      "modprobe overlay",
      "sysctl -w fs.inotify.max_user_instances=512",
    ];
    expect(problems).to.have.length(mends.length);
    mends.forEach((mend, index) => expect(problems[index]).to.contain(mend));
    expect(problems[6]).to.contain("12.0 GB").and.contain("3.0 GB");
  });

  it("requires Go and pip only if a program needs them", () => {
    const without: MachineFacts = { ...machine, go: undefined, hasPip: false };
    expect(prerequisiteProblems(without, { pip: false, disk: 4e9, inotify: 0 })).to.deep.equal([]);
  });

  it("accepts an older Go that can download the required version itself", () => {
    const switches = { ...machine, go: { version: "1.25.3", switches: true } };
    const stays = { ...machine, go: { version: "1.25.3", switches: false } };
    expect(prerequisiteProblems(switches, needs)).to.deep.equal([]);
    expect(prerequisiteProblems(stays, needs)[0])
      .to.contain("Go 1.26.2 or later is needed to build programs, but this is 1.25.3")
      .and.contain("GOTOOLCHAIN=auto");
    const old = { ...machine, go: { version: "1.19.8", switches: true } };
    expect(prerequisiteProblems(old, needs)[0])
      .to.contain("Go 1.25.0 or later")
      .and.not.contain("GOTOOLCHAIN");
  });
});
