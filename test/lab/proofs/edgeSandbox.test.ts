import { expect } from "chai";
import { ssh } from "../../../lab/run.ts";
import { standingStack } from "../standingStack.ts";

const group = "/sys/fs/cgroup/system.slice/traefik.service/cgroup.procs";

/** Runs a script as root on the edge, if `confined` with the limits of the unit's control group only. */
function onEdge(confined: boolean, script: string): Promise<string> {
  const enter = confined ? `echo $$ > ${group}; ` : "";
  return ssh("vps", `sudo bash -s 2>&1 || true`, { input: `${enter}${script}` });
}

/** The banner of the VPS's SSH server at one of its addresses. */
const banner = (address: string) =>
  `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/22 && read -r line <&3; echo "$line"' || echo nothing`;

/** A metadata service, a private network of the provider, and the machine itself. */
const inside = ["169.254.169.254", "10.99.0.1", "127.0.0.1"];
const added = inside.slice(0, 2);

describe("Traefik's unit", () => {
  before(async () => {
    await standingStack();
    for (const address of added) await ssh("vps", `sudo ip address replace ${address}/32 dev lo`);
  });

  after(async () => {
    for (const address of added) await ssh("vps", `sudo ip address delete ${address}/32 dev lo`);
  });

  for (const address of inside) {
    it(`does not reach ${address}, but the host itself does (the control)`, async () => {
      expect(await onEdge(false, banner(address))).to.contain("SSH-2.0");
      expect(await onEdge(true, banner(address))).not.to.contain("SSH-2.0");
    });
  }

  it("resolves names and reaches the internet", async () => {
    const resolve = "getent ahostsv4 acme.lab.test | head -n 1";
    expect(await onEdge(true, resolve)).to.contain("198.51.100.3");
    expect(await onEdge(true, "curl -sk -o /dev/null -w '%{http_code}' https://acme.lab.test/dir")).to.equal(
      "200",
    );
  });

  it("cannot start another program, but can start Traefik itself (the control)", async () => {
    const enter = "nsenter --target $(systemctl show --property MainPID --value traefik) --mount";
    expect(await onEdge(false, `${enter} /usr/local/bin/traefik version`)).to.contain("Version:");
    expect(await onEdge(false, `${enter} /bin/true || echo refused`)).to.contain("refused");
  });

  it("cannot bind another port if systemd can enforce that, and can bind any if it cannot", async () => {
    const bind = (port: number) =>
      `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalPort => ${port}) ? "bound" : "refused"'`;
    expect(await onEdge(false, bind(8443))).to.equal("bound");
    // Debian 12 builds systemd without this feature.
    const enforced = (await ssh("vps", "systemctl --version")).includes("+BPF_FRAMEWORK");
    expect(await onEdge(true, bind(8443))).to.equal(enforced ? "refused" : "bound");
  });
});
