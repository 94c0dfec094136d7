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
      `HybridApp "${app}": chart.timeout is ${timeoutSeconds}: the app was not ready in time. To find the cause: ` +
      `kubectl -n ${namespace} get pods, then kubectl describe or logs of a pod that is not ready. Fix it, or increase ` +
      "chart.timeout, and run again: the release exists, and the next run upgrades it."
    );
  }
  return undefined;
}
