/** How to fix a failed release, where Helm's own message does not say; that message is shown too. */
export function explainRelease(
  error: string,
  app: string,
  release: { namespace: string; timeoutSeconds: number },
): string | undefined {
  const { namespace, timeoutSeconds } = release;
  const [, schema] = /failing loading "(https?:[^"]+)"[^]*HTTP request/.exec(error) ?? [];
  if (schema !== undefined) {
    return (
      `HybridApp "${app}": chart: the chart's JSON schemas cannot be fetched: ${new URL(schema).host} is unreachable. ` +
      "Helm fetches them at each rendering. Allow the machine that runs Pulumi to reach that host (Helm respects " +
      "HTTPS_PROXY), and run again."
    );
  }
  if (error.includes("deadline exceeded")) {
    return (
      `HybridApp "${app}": chart.timeout is ${timeoutSeconds}: the app was not ready after so many seconds. See why: ` +
      `kubectl -n ${namespace} get pods, then describe or logs of one that is not. Mend that, or give it longer, and run ` +
      "again: the release is there, and the next run upgrades it."
    );
  }
  return undefined;
}
