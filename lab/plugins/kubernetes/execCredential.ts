import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { isObject, type Properties } from "../framework/properties.ts";

/** A user's credentials for an API server. */
export interface Credential {
  certificate?: Buffer;
  key?: Buffer;
  token?: string;
}

/**
 * Gets credentials from the program that a kubeconfig's user names (`users[].user.exec`).
 *
 * @param directory the base of a relative path of the program: the kubeconfig's own
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function execCredential(exec: Properties, directory: string): Promise<Credential> {
  const { command, args, env, apiVersion } = exec;
  const program = String(command);
  const request = { kind: "ExecCredential", apiVersion, spec: { interactive: false } };
  const more = (Array.isArray(env) ? env : []) as { name: string; value: string }[];
  const { stdout } = await promisify(execFile)(
    program.includes("/") ? resolve(directory, program) : program,
    Array.isArray(args) ? args.map(String) : [],
    {
      env: {
        ...process.env,
        ...Object.fromEntries(more.map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(request),
      },
    },
  ).catch((error: unknown) => {
    // The output may contain credentials.
    const { code } = error as { code?: unknown };
    throw new Error(
      `getting credentials: exec: executable ${program} failed with exit code ${String(code)}` +
        (typeof exec.installHint === "string" ? `\n\n${exec.installHint}` : ""),
    );
  });
  return parse(stdout, apiVersion);
}

function parse(stdout: string, apiVersion: unknown): Credential {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw new Error("getting credentials: decoding stdout: no JSON");
  }
  if (!isObject(answer) || answer.apiVersion !== apiVersion) {
    throw new Error(
      `getting credentials: exec plugin is configured to use API version ${String(apiVersion)}, plugin returned another`,
    );
  }
  const { token, clientCertificateData, clientKeyData } = isObject(answer.status) ? answer.status : {};
  return {
    ...(typeof token === "string" ? { token } : {}),
    ...(typeof clientCertificateData === "string" ? { certificate: Buffer.from(clientCertificateData) } : {}),
    ...(typeof clientKeyData === "string" ? { key: Buffer.from(clientKeyData) } : {}),
  };
}
