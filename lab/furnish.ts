import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { networkFiles } from "./hostNetwork.ts";
import { imageOf } from "./image.ts";
import { authority } from "./pki.ts";
import { run, sshKey, sshUser } from "./run.ts";
import { hosts, type MachineName } from "./topology.ts";
import { systemOf } from "./variant.ts";

/** Writes the files that differ between machines into the directory that becomes the upper layer of the overlay. */
export async function furnish(name: MachineName, directory: string): Promise<void> {
  const upper = `${directory}.partial`;
  rmSync(upper, { recursive: true, force: true });
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(upper, path)), { recursive: true });
    writeFileSync(join(upper, path), text, { mode });
  };
  put("etc/hostname", `${name}\n`);
  put("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost\n`);
  // The first path is Debian's; in Ubuntu it is a link to the second.
  for (const path of ["etc/default/locale", "etc/locale.conf"]) put(path, "LANG=C.UTF-8\n");
  const link = (path: string, target: string) => {
    mkdirSync(dirname(join(upper, path)), { recursive: true });
    symlinkSync(target, join(upper, path));
  };
  const system = systemOf(name);
  for (const [path, file] of Object.entries({ ...networkFiles(hosts[name], system), ...system.files })) {
    if (typeof file === "string") put(path, file);
    else link(path, file.linkTo);
  }
  put("etc/systemd/system/tailscaled.service", tailscaledUnit);
  link("etc/systemd/system/multi-user.target.wants/tailscaled.service", "../tailscaled.service");
  put("etc/lab-ca.pem", readFileSync(authority.certificate, "utf8"));
  put(`etc/sudoers.d/${sshUser}`, `${sshUser} ALL=(ALL) NOPASSWD: ALL\n`, 0o440);
  const hostKeyFile = join(upper, "etc/ssh/ssh_host_ed25519_key");
  mkdirSync(dirname(hostKeyFile), { recursive: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", hostKeyFile]);
  addAccount(upper, imageOf(system));
  cpSync(`${sshKey}.pub`, join(upper, `home/${sshUser}/.ssh/authorized_keys`));
  await run("chown", ["-R", "1000:1000", join(upper, "home", sshUser)]);
  chmodSync(join(upper, `home/${sshUser}/.ssh`), 0o700);
  await run("mv", [upper, directory]);
}

/** The login of a rented server: an ordinary user with passwordless sudo. */
function addAccount(upper: string, image: string): void {
  const entries = {
    passwd: `${sshUser}:x:1000:1000::/home/${sshUser}:/bin/bash`,
    group: `${sshUser}:x:1000:`,
    shadow: `${sshUser}:*:19000:0:99999:7:::`,
  };
  for (const [file, entry] of Object.entries(entries)) {
    const text = readFileSync(join(image, "etc", file), "utf8");
    writeFileSync(join(upper, "etc", file), `${text}${entry}\n`, { mode: file === "shadow" ? 0o640 : 0o644 });
  }
  mkdirSync(join(upper, `home/${sshUser}/.ssh`), { recursive: true });
}

/** As in the Debian package, except for the CA and for the log that it would send to its vendor. */
const tailscaledUnit = `[Unit]
Description=Tailscale node agent
Wants=network-pre.target
After=network-pre.target NetworkManager.service systemd-resolved.service

[Service]
Environment=SSL_CERT_FILE=/etc/lab-ca.pem TS_NO_LOGS_NO_SUPPORT=true
ExecStart=/usr/sbin/tailscaled --state=/var/lib/tailscale/tailscaled.state --socket=/run/tailscale/tailscaled.sock --port=41641
ExecStopPost=/usr/sbin/tailscaled --cleanup
Restart=on-failure
RuntimeDirectory=tailscale
RuntimeDirectoryMode=0755
StateDirectory=tailscale
StateDirectoryMode=0700
CacheDirectory=tailscale
CacheDirectoryMode=0750
Type=notify

[Install]
WantedBy=multi-user.target
`;
