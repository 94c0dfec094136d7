import { isObject } from "../framework/properties.ts";

/**
 * The names of a manifest's objects by kind and version, in the format of a Release's `resourceNames`:
 * `{"Deployment.apps/apps/v1": ["media/jellyfin"], "Service/v1": ["media/jellyfin"]}`.
 */
export async function resourceNames(manifest: string): Promise<Record<string, string[]>> {
  const { default: yaml } = await import("yaml");
  const names: Record<string, string[]> = {};
  for (const document of yaml.parseAllDocuments(manifest)) {
    const object: unknown = document.toJS();
    if (!isObject(object) || !isObject(object.metadata)) continue;
    const apiVersion = String(object.apiVersion);
    const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
    const { name, namespace } = object.metadata;
    const qualified = typeof namespace === "string" ? `${namespace}/${String(name)}` : String(name);
    (names[`${String(object.kind)}${group}/${apiVersion}`] ??= []).push(qualified);
  }
  for (const [kind, list] of Object.entries(names)) names[kind] = [...new Set(list)].sort();
  return names;
}
