import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../paths.ts";
import { cniDirectory } from "../toolchain/index.ts";
import { renderCniConfig } from "./config/cni.ts";
import { renderContainerdConfig } from "./config/containerd.ts";
import { renderKubeletConfig } from "./config/kubelet.ts";
import { renderProxyConfig } from "./config/proxy.ts";
import { imageNames } from "./images.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { layout } from "./layout.ts";
import type { ClusterNetwork } from "./options.ts";
import { readIfPresent } from "./run.ts";

/** Users of the API that have a kubeconfig as a file, named as in pki.ts. */
const users = ["admin", "controller-manager", "scheduler", "kubelet", "proxy"];

/** Writes the files that the cluster's programs read, at every start, so that changes here take effect. */
export function writeConfiguration(network: ClusterNetwork, cgroup: string): void {
  const file = (name: string) => join(layout.config, name);
  const cniConfig = file("cni");
  mkdirSync(cniConfig, { recursive: true, mode: 0o700 });
  for (const user of users) write(file(`${user}.kubeconfig`), kubeconfigOf(user));
  write(join(cniConfig, "pods.conflist"), renderCniConfig(network));
  write(file("resolv.conf"), `nameserver ${network.upstreamDns}\n`);
  write(file("kube-proxy.yaml"), renderProxyConfig(network, file("proxy.kubeconfig")));
  write(
    file("kubelet.yaml"),
    renderKubeletConfig({
      network,
      pki: layout.pki,
      resolvConf: file("resolv.conf"),
      cgroupRoot: `/${cgroup}`,
    }),
  );
  write(
    file("containerd.toml"),
    renderContainerdConfig({
      cniBinaries: cniDirectory(),
      cniConfig,
      runc: tool("runc"),
      sandboxImage: imageNames.pause,
    }),
  );
}

/**
 * A file with the same content is not written: kube-proxy ends when its file is written, even if nothing has changed.
 */
function write(file: string, text: string): void {
  if (readIfPresent(file) === text) return;
  writeFileSync(file, text, { mode: 0o600 });
}
