/**
 * A chart's own name without its source: no repository, folder or archive version, and no tag or digest of an `oci://`
 * reference.
 */
export function chartName(reference: string): string {
  const name = reference
    .replace(/@[\w+.-]+:\w+$/, "")
    .replace(/\/+$/, "")
    .replace(/-\d[^/]*\.tgz$/, "");
  return (name.split("/").at(-1) ?? "").replace(/:[^:]*$/, "");
}
