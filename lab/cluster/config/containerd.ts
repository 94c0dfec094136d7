import { runtime } from "../layout.ts";

export interface ContainerdConfig {
  cniBinaries: string;
  cniConfig: string;
  runc: string;
  sandboxImage: string;
}

/** @see https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md */
export function renderContainerdConfig(config: ContainerdConfig): string {
  const quote = JSON.stringify;
  return `version = 2
root = "/var/lib/containerd"
state = ${quote(runtime.directory)}
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = ${quote(runtime.socket)}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = ${quote(config.sandboxImage)}
# A machine without CAP_SYS_RESOURCE cannot lower the score, and no sandbox would start.
restrict_oom_score_adj = true
disable_hugetlb_controller = true
tolerate_missing_hugetlb_controller = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = ${quote(config.cniBinaries)}
conf_dir = ${quote(config.cniConfig)}

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = ${quote(config.runc)}
SystemdCgroup = false
`;
}
