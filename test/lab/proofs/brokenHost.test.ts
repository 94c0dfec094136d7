import { traefikDownload } from "../../../lab/internet.ts";
import { poll } from "../../../lab/poll.ts";
import { ssh, sshUser } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { hosts, services } from "../../../lab/topology.ts";
import { block, unblock, type Blocked } from "../blocked.ts";
import { anotherConfig, itRefuses, type Fault } from "../refusal.ts";
import { newSshKey } from "../sshKey.ts";

const home = 'ControlPlane "home"';
const edge = 'EdgeNode "edge"';
const homeSsh: Blocked = { network: "home", address: hosts.home.address, port: 22, verdict: "drop" };

/** Another program that listens at the address and port of the program's unit. */
const squatter = (port: number) =>
  `sudo systemd-run --quiet --collect --unit=squatter socat TCP-LISTEN:${port},reuseaddr,fork /dev/null && ` +
  `until ss -Hltn 'sport = :${port}' | grep -q .; do sleep 0.1; done`;
const noSquatter = "sudo systemctl stop squatter";

const noArchive = `http://${services.mirror.name}/absent.tar.gz`;

/** Holds apt's locks, as apt itself does. */
const holdsApt = `
import fcntl, time
held = [open(name, "w") for name in ("/var/lib/apt/lists/lock", "/var/lib/dpkg/lock-frontend")]
for lock in held:
    fcntl.lockf(lock, fcntl.LOCK_EX)
open("/tmp/held", "w")
time.sleep(600)
`;

const faults: Record<string, Fault> = {
  "a host that cannot be reached": {
    // No SSH server listens there: connections are refused at once.
    request: () => withHome({ host: hosts.laptop.address }),
    message: [`${home}: ssh.host is "${hosts.laptop.address}:22"`, "connection refused", "SSH server"],
  },
  "an SSH agent that does not answer": {
    request: () => ({ environment: { SSH_AUTH_SOCK: "/nonexistent/agent" } }),
    message: ['SSH_AUTH_SOCK is "/nonexistent/agent"', "env -u SSH_AUTH_SOCK"],
    eachHost: true,
  },
  "a host that does not answer": {
    // Like a host that is off or behind a firewall: each try waits for its time-out.
    cause: () => block(homeSsh),
    message: [`${home}: ssh.host is "${hosts.home.address}:22"`, "cannot be reached", "i/o timeout"],
    repair: () => unblock(homeSsh),
  },
  "an SSH key that the hosts do not accept": {
    request: async () => ({ secrets: { "mynodeone:sshPrivateKey": (await newSshKey()).privateKey } }),
    message: [
      /(ControlPlane|EdgeNode) "\w+": ssh\.user is "deploy"/,
      "mynodeone:sshPrivateKey",
      "authorized_keys",
    ],
    eachHost: true,
  },
  "a user who needs a password for sudo": {
    cause: async () => {
      // As the last file in sudoers.d it takes precedence. A unit of root's waits to remove it.
      const mend = "until [ -e /tmp/mend ]; do sleep 0.2; done; rm -f /etc/sudoers.d/zz-broken /tmp/mend";
      await ssh("vps", `sudo systemd-run --quiet --collect sh -c '${mend}'`);
      await ssh("vps", `echo '${sshUser} ALL=(ALL) ALL' | sudo tee /etc/sudoers.d/zz-broken`);
    },
    message: [`${edge}: ssh.user is "deploy"`, "sudo: a password is required", "NOPASSWD"],
    repair: async () => {
      await ssh("vps", "touch /tmp/mend");
      await poll(() => ssh("vps", "sudo -n true"), { what: "sudo to work again", timeout: 30_000 });
    },
  },
  "a read-only disk": {
    // A DHCP client that cannot write /etc/resolv.conf releases its address, and the home would be unreachable.
    cause: () =>
      ssh(
        "home",
        "sudo pkill -STOP -x dhclient && sudo mount --bind /etc /etc && sudo mount -o remount,bind,ro /etc",
      ),
    message: [`${home}: ssh.host is "${hosts.home.address}:22"`, "/etc is read-only", "dmesg"],
    repair: () => ssh("home", "sudo umount --lazy /etc && sudo pkill -CONT -x dhclient"),
  },
  "a host without systemd": {
    cause: () => ssh("home", "sudo mv /run/systemd/system /run/systemd/away"),
    message: [`${home}: ssh.host is "${hosts.home.address}:22"`, "not booted with systemd"],
    repair: () => ssh("home", "sudo mv /run/systemd/away /run/systemd/system"),
  },
  "an unsupported distribution": {
    cause: () =>
      ssh(
        "vps",
        "printf 'ID=fedora\\nPRETTY_NAME=\"Fedora Linux 42\"\\n' > /tmp/os-release && " +
          "sudo mount --bind /tmp/os-release /usr/lib/os-release",
      ),
    message: [
      `${edge}: ssh.host is "${hosts.vps.address}:22"`,
      "it runs Fedora Linux 42. Use Debian or Ubuntu",
    ],
    repair: () => ssh("vps", "sudo umount /usr/lib/os-release && rm /tmp/os-release"),
  },
  "a wrong clock": {
    // A host of the lab has no clock of its own, so its `date` is replaced by one that is a day behind.
    cause: () =>
      ssh(
        "vps",
        'printf \'#!/bin/sh\\n[ "$1" = -d ] || set -- -d "1 day ago" "$@"\\nexec /bin/date "$@"\\n\' | ' +
          "sudo install -m 0755 /dev/stdin /usr/local/bin/date",
      ),
    message: [
      `${edge}: ssh.host is "${hosts.vps.address}:22"`,
      /its clock is 8\d{4} s off/,
      "timedatectl set-ntp true",
    ],
    repair: () => ssh("vps", "sudo rm /usr/local/bin/date"),
  },
  "apt locked by another process": {
    // The firewall's script needs a missing program. Its five minutes of waiting for apt are shortened here.
    request: () => ({
      config: {
        ...anotherConfig(),
        "mynodeone:clusterCidrs": ["10.42.0.0/16", "10.43.0.0/16", "10.44.0.0/16"],
      },
    }),
    cause: async () => {
      await ssh("home", "cat > /tmp/hold.py", { input: holdsApt });
      await ssh("home", "sudo systemd-run --quiet --collect --unit=apt-user python3 /tmp/hold.py");
      await ssh(
        "home",
        "printf '#!/bin/sh\\nexec /bin/sleep 0.01\\n' | sudo install -m 0755 /dev/stdin /usr/local/bin/sleep",
      );
      await ssh(
        "home",
        "sudo mv /usr/sbin/ufw /usr/sbin/ufw.away && until [ -e /tmp/held ]; do /bin/sleep 0.1; done",
      );
    },
    message: [
      "home-firewall: cannot install ufw: apt is in use by process",
      /process \d+ \(python3\)/,
      "Wait until it is done, or end it, and run again",
    ],
    repair: () =>
      ssh(
        "home",
        "sudo mv /usr/sbin/ufw.away /usr/sbin/ufw; sudo systemctl stop apt-user; " +
          "sudo rm -f /usr/local/bin/sleep /tmp/hold.py /tmp/held",
      ),
  },
  "a web port of the VPS that is in use": {
    cause: () => ssh("vps", `sudo systemctl stop traefik && ${squatter(443)}`),
    message: [`${edge}: ssh.host is "${hosts.vps.address}:22"`, /port 443 is taken by socat \(process \d+\)/],
    repair: () => ssh("vps", `${noSquatter} && sudo systemctl start traefik`),
  },
  "a proxy port that is in use": {
    cause: () => ssh("home", squatter(8099)),
    message: [
      `${home}: ssh.host is "${hosts.home.address}:22"`,
      /port 8099 is taken by socat \(process \d+\) on 0\.0\.0\.0:8099/,
      "choose another one for mynodeone:apps.spare.proxyPort",
    ],
    repair: () => ssh("home", noSquatter),
  },
  "a proxy port that a socket unit uses": {
    cause: () => ssh("home", "sudo systemd-run --quiet --unit=taken --socket-property=ListenStream=8099 cat"),
    message: [/port 8099 is taken by taken\.socket \(process 1\) on \S+:8099/],
    repair: () => ssh("home", "sudo systemctl stop taken.socket"),
  },
  "an archive of Traefik that cannot be downloaded": {
    request: () => withTraefik({ url: noArchive }),
    message: [`EdgeNode: traefik.url: cannot download ${noArchive}`],
  },
  "an archive of Traefik that does not match its checksum": {
    request: () => withTraefik({}),
    message: [`EdgeNode: traefik.sha256: ${traefikDownload().url} does not match this checksum`],
  },
};

describe("a run is refused with one message, and changes nothing, because of", () => {
  itRefuses(faults);
});

/** The lab's config with another archive of Traefik as the only change. */
function withTraefik(traefik: Partial<ReturnType<typeof traefikDownload>>) {
  const config = labConfig();
  const [edge] = config["mynodeone:edges"];
  if (edge) edge.traefik = { ...traefikDownload(), sha256: "0".repeat(64), ...traefik };
  return { config };
}

function withHome(ssh: Record<string, unknown>) {
  const config = anotherConfig();
  Object.assign(config["mynodeone:controlPlane"].ssh, ssh);
  return { config };
}
