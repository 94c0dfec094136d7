/** The result of a call; an error has the official plugin's wording, `summary: detail`. */
export async function failing<T>(summary: string, call: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await call;
  } catch (error) {
    signal.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(`${summary}: ${detail}`, { cause: error });
  }
}
