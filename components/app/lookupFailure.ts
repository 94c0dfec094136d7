import { KubeconfigError } from "../cluster/api.ts";
import { LookupError } from "../inputs/lookupError.ts";

/** An app's failed lookup, with the argument that it concerns; any other error unchanged. */
export function lookupFailure(app: string, argument: string, error: unknown): unknown {
  if (error instanceof KubeconfigError) return new Error(`HybridApp "${app}": cluster.${error.message}`);
  if (error instanceof LookupError) return new Error(`HybridApp "${app}": ${argument}: ${error.message}`);
  return error;
}
