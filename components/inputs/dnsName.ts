/**
 * One lower-case label of a DNS name: Kubernetes' RFC 1123 label. See
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
export const longestHostName = 253;

export function isDnsLabel(text: string): boolean {
  return dnsLabel.test(text);
}

/** A lower-case DNS name of two labels or more, without the final dot: safe in a rule of Traefik's. */
export function isHostName(text: string): boolean {
  const labels = text.split(".");
  // A numeric last label would make it an address.
  return (
    text.length <= longestHostName &&
    labels.length > 1 &&
    labels.every(isDnsLabel) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}
