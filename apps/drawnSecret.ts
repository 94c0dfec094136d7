/** Helm keeps an object with this annotation when the release is removed, and adopts it when the release returns. */
export const keep = { "helm.sh/resource-policy": "keep" } as const;

/** Kubernetes' name for a map of plain-text strings: https://kubernetes.io/docs/concepts/configuration/secret/ */
export type StringData = Record<string, string>;

/**
 * A template for one key of a Secret in the release. The first installation generates the value at random; later ones
 * read it back from the cluster. Pulumi sees and stores the template, never the value.
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

/** The whole Secret, for a chart that accepts extra objects and runs them through `tpl`. */
export function secretManifest(name: string, stringData: StringData): Record<string, unknown> {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, annotations: { ...keep } }, stringData };
}

/** The command that prints a key of a Secret. */
export function showSecret(namespace: string, secret: string, key: string): string {
  return `kubectl -n ${namespace} get secret ${secret} -o go-template='{{index .data "${key}" | base64decode}}'`;
}
