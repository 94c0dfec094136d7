/** Alternative addresses, ports and Services of the lab's stack, for tests that change them in the config. */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { inCluster } from "../../lab/cluster/index.ts";
import { mirrorRoot, traefikDownload } from "../../lab/internet.ts";
import { ssh } from "../../lab/run.ts";
import { services } from "../../lab/topology.ts";
import { newSshKey } from "./sshKey.ts";

/** In addition to the lab's own: an address of each host, an SSH port, and two Services. */
export const otherWays = {
  vps: "198.51.100.12",
  sshPort: 2222,
  home: "10.77.0.11",
  /** Vaultwarden's. */
  service: { namespace: "vaultwarden", name: "another", port: 8081 },
  clusterDns: "10.43.0.11",
} as const;

/** The user's own rule. The new SSH port must be open before the program can connect to it. */
const rule = "allow proto tcp from 198.51.100.0/24 to any port 22,2222";
const keyComment = "another-key";
const archive = "traefik-again.tar.gz";
const dns = { namespace: "kube-system", name: "another-dns" };

/** Creates the alternatives; Vaultwarden has to run. */
export async function makeOtherWays(): Promise<void> {
  const { vps, sshPort, home, service, clusterDns } = otherWays;
  const sshd = `systemd-run --quiet --collect --unit=another-sshd /usr/sbin/sshd -D -p ${sshPort}`;
  await ssh("vps", `sudo ufw ${rule} >/dev/null && sudo ${sshd}`);
  await ssh("vps", `sudo ip address replace ${vps}/24 dev eth0`);
  await ssh("home", `sudo ip address replace ${home}/24 dev eth0`);
  const selector = { "app.kubernetes.io/instance": "vaultwarden" };
  await makeService(service, { selector, ports: [{ port: service.port, targetPort: "http" }] });
  const found = await inCluster(["get", "service", "--namespace", "kube-system", "kube-dns", "-o", "json"]);
  const { spec } = JSON.parse(found) as { spec: { selector: object; ports: object[] } };
  await makeService(dns, { clusterIP: clusterDns, selector: spec.selector, ports: spec.ports });
}

/** Removes the alternatives, and everything that the functions below have created. */
export async function removeOtherWays(): Promise<void> {
  const { vps, home, service } = otherWays;
  const close = `sed -i '/ ${keyComment}$/d' ~/.ssh/authorized_keys; sudo ip address delete`;
  await ssh("home", `${close} ${home}/24 dev eth0`);
  await ssh("vps", `${close} ${vps}/24 dev eth0`);
  await ssh("vps", `sudo systemctl stop another-sshd; sudo ufw delete ${rule} >/dev/null`);
  for (const { namespace, name } of [service, dns])
    await inCluster(["delete", "service", "--ignore-not-found", "--namespace", namespace, name]);
  await rm(join(mirrorRoot, archive), { force: true });
}

async function makeService(metadata: { namespace: string; name: string }, spec: object): Promise<void> {
  const { namespace, name } = metadata;
  const service = { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec };
  await inCluster(["apply", "-f", "-"], JSON.stringify(service));
}

/** Adds a key that both hosts accept besides the lab's, and returns its private half. */
export async function letInAnotherKey(): Promise<string> {
  const { publicKey, privateKey } = await newSshKey(keyComment);
  for (const host of ["vps", "home"] as const) {
    await ssh(host, "cat >>~/.ssh/authorized_keys", { input: publicKey });
  }
  return privateKey;
}

/** Traefik's archive with an empty member appended: the same program with another checksum. */
export async function repackTraefik(): Promise<{ url: string; sha256: string }> {
  const original = await readFile(join(mirrorRoot, basename(traefikDownload().url)));
  const packed = Buffer.concat([original, gzipSync("")]);
  await writeFile(join(mirrorRoot, archive), packed);
  const sha256 = createHash("sha256").update(packed).digest("hex");
  return { url: `http://${services.mirror.name}/${archive}`, sha256 };
}
