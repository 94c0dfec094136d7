import { acmeRoots } from "../../lab/internet.ts";
import { runInNetwork } from "../../lab/run.ts";

const timeout = 5 * 60_000;

/** Requests the URL until the answer is 200 with a certificate of the CA. The stand-in app answers below /get. */
const askUntilAnswered = `
until [ "$(curl --silent --max-time 5 --cacert "$1" --output /dev/null --write-out '%{http_code}' "$2")" = 200 ]; do
  sleep 0.1
done`;

/** Resolves when the URL answers a client on the lab's internet. A single process polls, to keep the cost low. */
export async function answered(url: string, cancelSignal: AbortSignal): Promise<void> {
  const argv = ["sh", "-c", askUntilAnswered, "answered", acmeRoots, `${url}/get`];
  await runInNetwork("client", argv, { timeout, cancelSignal });
}
