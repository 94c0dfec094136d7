import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";
import { layout } from "./layout.ts";
import type { ClusterNetwork } from "./options.ts";
import { firstAddress } from "./subnet.ts";

type Authority = "ca" | "etcd-ca";

/** One certificate of the cluster; the file names are `<name>.crt` and `<name>.key`. */
export interface Certificate {
  name: string;
  issuer: Authority;
  /** X.509 subject; Kubernetes reads CN as the user and O as the group. */
  subject: string;
  usage: readonly ("serverAuth" | "clientAuth")[];
  /** Subject alternative names, `DNS:` or `IP:` each. */
  names?: readonly string[];
}

/**
 * The certificates that a cluster needs, each with the minimum of fields.
 *
 * @see https://kubernetes.io/docs/setup/best-practices/certificates/
 */
export function certificates(network: ClusterNetwork): Certificate[] {
  const { nodeName, nodeAddress, serviceCidr, clusterDomain } = network;
  const client = ["clientAuth"] as const;
  const node = [`DNS:${nodeName}`, "DNS:localhost", `IP:${nodeAddress}`, "IP:127.0.0.1"];
  const apiServerNames = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  return [
    {
      name: "etcd",
      issuer: "etcd-ca",
      subject: "/CN=etcd",
      usage: ["serverAuth", "clientAuth"],
      names: node,
    },
    { name: "apiserver-etcd", issuer: "etcd-ca", subject: "/CN=kube-apiserver", usage: client },
    {
      name: "apiserver",
      issuer: "ca",
      subject: "/CN=kube-apiserver",
      usage: ["serverAuth"],
      names: [
        ...[...apiServerNames, `kubernetes.default.svc.${clusterDomain}`].map((name) => `DNS:${name}`),
        `IP:${firstAddress(serviceCidr)}`,
        ...node,
      ],
    },
    {
      name: "apiserver-kubelet",
      issuer: "ca",
      subject: "/O=system:masters/CN=kube-apiserver",
      usage: client,
    },
    { name: "kubelet-server", issuer: "ca", subject: `/CN=${nodeName}`, usage: ["serverAuth"], names: node },
    { name: "kubelet", issuer: "ca", subject: `/O=system:nodes/CN=system:node:${nodeName}`, usage: client },
    {
      name: "controller-manager",
      issuer: "ca",
      subject: "/CN=system:kube-controller-manager",
      usage: client,
    },
    { name: "scheduler", issuer: "ca", subject: "/CN=system:kube-scheduler", usage: client },
    { name: "proxy", issuer: "ca", subject: "/CN=system:kube-proxy", usage: client },
    { name: "admin", issuer: "ca", subject: "/O=system:masters/CN=admin", usage: client },
  ];
}

/** Creates the authorities, the certificates and the service accounts' key, unless they exist. */
export async function ensurePki(network: ClusterNetwork): Promise<void> {
  if (existsSync(layout.pki)) return;
  const partial = `${layout.pki}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  // The distribution's openssl.cnf would make every certificate an authority.
  writeFileSync(join(partial, "openssl.cnf"), "[req]\ndistinguished_name = subject\n[subject]\n");
  await Promise.all((["ca", "etcd-ca"] as const).map((name) => makeAuthority(partial, name)));
  await Promise.all([
    makeTokenKey(partial),
    ...certificates(network).map((certificate) => makeCertificate(partial, certificate)),
  ]);
  renameSync(partial, layout.pki);
}

function makeAuthority(directory: string, name: Authority): Promise<unknown> {
  return openssl(directory, [
    ...selfSigned(name, `/CN=mynodeone-lab-${name}`),
    ...["-addext", "basicConstraints=critical,CA:true,pathlen:0"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ...["-addext", "subjectKeyIdentifier=hash"],
  ]);
}

function makeCertificate(directory: string, certificate: Certificate): Promise<unknown> {
  const { name, issuer, subject, usage, names } = certificate;
  return openssl(directory, [
    ...selfSigned(name, subject),
    ...["-CA", `${issuer}.crt`, "-CAkey", `${issuer}.key`],
    ...["-addext", "basicConstraints=critical,CA:false"],
    ...["-addext", "keyUsage=critical,digitalSignature"],
    ...["-addext", `extendedKeyUsage=${usage.join(",")}`],
    ...(names ? ["-addext", `subjectAltName=${names.join(",")}`] : []),
  ]);
}

function selfSigned(name: string, subject: string): string[] {
  return [
    ...["req", "-x509", "-config", "openssl.cnf", "-subj", subject, "-days", "3650", "-sha256"],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"],
    ...["-keyout", `${name}.key`, "-out", `${name}.crt`],
  ];
}

/**
 * A key pair for the tokens of service accounts: Kubernetes signs with the private half and verifies with the public
 * one.
 */
async function makeTokenKey(cwd: string): Promise<void> {
  const [key, publicKey] = ["service-accounts.key", "service-accounts.pub"];
  await openssl(cwd, ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key]);
  await openssl(cwd, ["pkey", "-in", key, "-pubout", "-out", publicKey]);
}

function openssl(cwd: string, args: readonly string[]): Promise<unknown> {
  return run("openssl", args, { cwd });
}
