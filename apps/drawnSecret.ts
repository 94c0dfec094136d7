/** Helm keeps what carries this when the release goes, and takes it up again when the release comes back. */
export const keep = { "helm.sh/resource-policy": "keep" } as const;

/** Kubernetes' own name for a map of strings in plain text: https://kubernetes.io/docs/concepts/configuration/secret/ */
export type StringData = Record<string, string>;

/**
 * A template for one key of a Secret that the release makes itself: drawn at random on the first installation,
 * read back from the cluster on every later one. What Pulumi sees and keeps is the template, never the value.
 *
 * ```ts
 * stringData: { password: drawnOnce("immich-database", "password") }
 * ```
 *
 * @param length in letters and digits; 32 of them are 190 bits
 * @see https://helm.sh/docs/chart_template_guide/functions_and_pipelines/#using-the-lookup-function
 */
export function drawnOnce(secret: string, key: string, length = 32): string {
  return (
    `{{ with lookup "v1" "Secret" .Release.Namespace "${secret}" }}{{ index .data "${key}" | b64dec }}` +
    `{{ else }}{{ randAlphaNum ${length} }}{{ end }}`
  );
}

/** The whole Secret, for a chart that takes extra objects and runs them through `tpl`. */
export function secretManifest(name: string, stringData: StringData): Record<string, unknown> {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, annotations: { ...keep } }, stringData };
}

/** The command that shows a key of a Secret. */
export function showSecret(namespace: string, secret: string, key: string): string {
  return `kubectl -n ${namespace} get secret ${secret} -o go-template='{{index .data "${key}" | base64decode}}'`;
}
