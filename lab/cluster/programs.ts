import { join } from "node:path";
import type { Daemon } from "../daemon.ts";
import { tool } from "../paths.ts";
import { layout } from "./layout.ts";
import type { ClusterNetwork } from "./options.ts";

/** A program of the cluster: its name and its command line. */
export type Program = Pick<Daemon, "name" | "command" | "args">;

type Flags = Readonly<Record<string, string | number | boolean>>;

/** @see https://etcd.io/docs/v3.4/op-guide/configuration/ */
export function etcd({ nodeName }: ClusterNetwork): Program {
  return program("etcd", {
    name: nodeName,
    "data-dir": layout.etcd,
    "listen-client-urls": "https://127.0.0.1:2379",
    "advertise-client-urls": "https://127.0.0.1:2379",
    // A single member has no peers, but requires an address for them.
    "listen-peer-urls": "http://127.0.0.1:2380",
    "cert-file": pki("etcd.crt"),
    "key-file": pki("etcd.key"),
    "trusted-ca-file": pki("etcd-ca.crt"),
    "client-cert-auth": true,
  });
}

export function containerd(): Program {
  return program("containerd", { config: config("containerd.toml") });
}

/** @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ */
export function apiServer({ nodeAddress, serviceCidr, clusterDomain }: ClusterNetwork): Program {
  return program("kube-apiserver", {
    "advertise-address": nodeAddress,
    "etcd-servers": "https://127.0.0.1:2379",
    "etcd-cafile": pki("etcd-ca.crt"),
    "etcd-certfile": pki("apiserver-etcd.crt"),
    "etcd-keyfile": pki("apiserver-etcd.key"),
    "client-ca-file": pki("ca.crt"),
    "tls-cert-file": pki("apiserver.crt"),
    "tls-private-key-file": pki("apiserver.key"),
    "kubelet-certificate-authority": pki("ca.crt"),
    "kubelet-client-certificate": pki("apiserver-kubelet.crt"),
    "kubelet-client-key": pki("apiserver-kubelet.key"),
    // No resolver knows the node by its name.
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": `https://kubernetes.default.svc.${clusterDomain}`,
    "service-account-key-file": pki("service-accounts.pub"),
    "service-account-signing-key-file": pki("service-accounts.key"),
    "service-cluster-ip-range": serviceCidr,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
  });
}

/** @see https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/ */
export function kubelet({ nodeName, nodeAddress }: ClusterNetwork): Program {
  return program("kubelet", {
    config: config("kubelet.yaml"),
    kubeconfig: kubeconfig("kubelet"),
    "hostname-override": nodeName,
    "node-ip": nodeAddress,
  });
}

/** The programs that work through the API server and are started once it answers. */
export function workers({ podCidr, serviceCidr }: ClusterNetwork): Program[] {
  return [
    program("kube-controller-manager", {
      kubeconfig: kubeconfig("controller-manager"),
      "bind-address": "127.0.0.1",
      "leader-elect": false,
      // With the default of 20 requests per second, its controllers would queue for seconds at each start.
      "kube-api-qps": 500,
      "kube-api-burst": 500,
      "use-service-account-credentials": true,
      // Created if missing; by default it lies below the machine's own /usr.
      "flex-volume-plugin-dir": "/var/lib/kubelet/volume-plugins",
      "root-ca-file": pki("ca.crt"),
      "cluster-signing-cert-file": pki("ca.crt"),
      "cluster-signing-key-file": pki("ca.key"),
      "service-account-private-key-file": pki("service-accounts.key"),
      "allocate-node-cidrs": true,
      "cluster-cidr": podCidr,
      "service-cluster-ip-range": serviceCidr,
    }),
    program("kube-scheduler", {
      kubeconfig: kubeconfig("scheduler"),
      "bind-address": "127.0.0.1",
      "leader-elect": false,
    }),
    program("kube-proxy", { config: config("kube-proxy.yaml") }),
  ];
}

/** All programs, in the order in which they depend on each other. */
export function programs(network: ClusterNetwork): Program[] {
  return [etcd(network), containerd(), apiServer(network), ...workers(network), kubelet(network)];
}

/** Paths of the machine are valid on the node, too; only `/var/lib`, `/var/log` and `/run` differ there. */
const pki = (file: string) => join(layout.pki, file);
const config = (file: string) => join(layout.config, file);
const kubeconfig = (name: string) => config(`${name}.kubeconfig`);

function program(name: string, flags: Flags): Program {
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return { name, command: tool(name), args };
}
