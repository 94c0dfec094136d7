/**
 * A chart's own name, wherever it comes from: without repository and folder, the version of an archive, and the tag or
 * digest of an `oci://` reference.
 */
export function chartName(reference: string): string {
  const name = reference
    .replace(/@[\w+.-]+:\w+$/, "")
    .replace(/\/+$/, "")
    .replace(/-\d[^/]*\.tgz$/, "");
  return (name.split("/").at(-1) ?? "").replace(/:[^:]*$/, "");
}
