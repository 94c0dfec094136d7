import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { argument } from "../framework/arguments.ts";
import { isObject, type Properties } from "../framework/properties.ts";
import { execCredential, type Credential } from "./execCredential.ts";

/** A kubeconfig's text, and the base directory of relative paths in it. */
export interface KubeconfigSource {
  text: string;
  directory: string;
}

/** The address of an API server, and the credentials for it. */
export interface ClusterAccess extends Credential {
  server: URL;
  ca?: Buffer;
  /** Accept any certificate. */
  insecure: boolean;
}

/** The provider's `kubeconfig` argument (contents or path), else $KUBECONFIG, else ~/.kube/config. */
export function findKubeconfig(args: Properties): KubeconfigSource {
  const given = argument(args, "kubeconfig");
  if (given !== undefined && !existsSync(given)) {
    if (!given.includes("\n") && !given.trimStart().startsWith("{")) {
      throw new Error(
        `kubernetes: kubeconfig ${given} is not a file; set its contents, or the path of a file`,
      );
    }
    return { text: given, directory: process.cwd() };
  }
  const fallback =
    process.env.KUBECONFIG?.split(delimiter).find(existsSync) ?? join(homedir(), ".kube", "config");
  const path = given ?? fallback;
  if (!existsSync(path)) {
    throw new Error(`kubernetes: no kubeconfig at ${path}; set kubernetes:kubeconfig or KUBECONFIG`);
  }
  return { text: readFileSync(path, "utf8"), directory: dirname(resolve(path)) };
}

/** The access by the current context of a kubeconfig: with a certificate, a token, or a program that prints one. */
export async function readKubeconfig(source: KubeconfigSource, context?: string): Promise<ClusterAccess> {
  const { default: yaml } = await import("yaml");
  const config = yaml.parse(source.text) as Properties;
  const current = entry(config, "contexts", context ?? config["current-context"], "context");
  const cluster = entry(config, "clusters", current.cluster, "cluster");
  const user = entry(config, "users", current.user, "user");
  const read = (from: Properties, name: string) => dataOrFile(from, name, source.directory);
  const ca = read(cluster, "certificate-authority");
  const certificate = read(user, "client-certificate");
  const key = read(user, "client-key");
  return {
    server: new URL(String(cluster.server)),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    ...(ca ? { ca } : {}),
    ...(certificate ? { certificate } : {}),
    ...(key ? { key } : {}),
    ...(typeof user.token === "string" ? { token: user.token } : {}),
    ...(isObject(user.exec) ? await execCredential(user.exec, source.directory) : {}),
  };
}

/** The text of a `kubeconfig` argument, which is the text itself or a file's path. */
export function kubeconfigText(pathOrContents: string): string {
  return existsSync(pathOrContents) ? readFileSync(pathOrContents, "utf8") : pathOrContents;
}

function entry(config: Properties, list: string, name: unknown, field: string): Properties {
  const value = findEntry(config, list, name, field);
  if (!value) throw new Error(`kubernetes: the kubeconfig has no ${field} "${String(name)}"`);
  return value;
}

/** One entry of a kubeconfig's named lists: `{name, cluster: {…}}`. */
export function findEntry(
  config: Properties,
  list: string,
  name: unknown,
  field: string,
): Properties | undefined {
  const entries = Array.isArray(config[list]) ? (config[list] as unknown[]) : [];
  const found = entries.find((candidate) => isObject(candidate) && candidate.name === name) as
    Properties | undefined;
  const value = found?.[field];
  return isObject(value) ? value : undefined;
}

function dataOrFile(from: Properties, name: string, directory: string): Buffer | undefined {
  const data = from[`${name}-data`];
  if (typeof data === "string") return Buffer.from(data, "base64");
  const path = from[name];
  return typeof path === "string" ? readFileSync(resolve(directory, path)) : undefined;
}
