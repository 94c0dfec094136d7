import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { kubernetes } from "../topology.ts";
import { layout } from "./layout.ts";

export interface Credentials {
  server: string;
  user: string;
  /** PEM texts. */
  authority: string;
  certificate: string;
  key: string;
}

/** A kubeconfig of one user, with everything embedded. */
export function renderKubeconfig({ server, user, authority, certificate, key }: Credentials): string {
  const name = "mynodeone-lab";
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server, "certificate-authority-data": base64(authority) } }],
      users: [
        {
          name: user,
          user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
        },
      ],
      contexts: [{ name, context: { cluster: name, user } }],
      "current-context": name,
    },
    { lineWidth: 0 },
  );
}

/** The kubeconfig of the user of one of the cluster's certificates (named as in pki.ts). */
export function kubeconfigOf(name: string): string {
  const pem = (file: string) => readFileSync(join(layout.pki, file), "utf8");
  return renderKubeconfig({
    server: kubernetes.apiServer,
    user: name,
    authority: pem("ca.crt"),
    certificate: pem(`${name}.crt`),
    key: pem(`${name}.key`),
  });
}
