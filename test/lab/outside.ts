import { acmeRoots } from "../../lab/internet.ts";
import { patience, poll } from "../../lab/poll.ts";
import { runInNetwork } from "../../lab/run.ts";
import type { Options } from "execa";

/** An answer as received by the client on the lab's internet. */
export interface Answer {
  status: number;
  body: string;
}

export interface Question {
  /** PEM bundle of the authorities that the client trusts. @default the lab's ACME CA */
  trusting?: string;
}

/** The exit codes of curl that the tests distinguish: https://curl.se/docs/manpage.html */
export const curlExit = { unresolved: 6, handshakeRefused: 35, untrusted: 60 } as const;

/** Runs curl as the client on the lab's internet; returns its output, or throws with its `exitCode`. */
export function curl(args: readonly string[], options: Options = {}): Promise<string> {
  const usual = ["--silent", "--show-error", "--max-time", String(20 * patience()), "--cacert", acmeRoots];
  return runInNetwork("client", ["curl", ...usual, ...args], options);
}

/** An answer in this format of curl, such as `%{http_code}`: https://curl.se/docs/manpage.html#-w */
export function printed(format: string, url: string, ...args: string[]): Promise<string> {
  return curl(["--output", "/dev/null", "--write-out", format, ...args, url]);
}

export function statusOf(url: string, ...args: string[]): Promise<string> {
  return printed("%{http_code}", url, ...args);
}

/** Requests the URL once from outside; without an HTTP answer it throws with curl's `exitCode`. */
export async function ask(url: string, { trusting = acmeRoots }: Question = {}): Promise<Answer> {
  const output = await curl(["--cacert", trusting, "--write-out", "\n%{http_code}", url]);
  const end = output.lastIndexOf("\n");
  return { status: Number(output.slice(end + 1)), body: output.slice(0, end) };
}

/** curl's exit code for a URL that should not answer; 0 if it answers. */
export async function refusal(url: string, { trusting = acmeRoots }: Question = {}): Promise<number> {
  const { exitCode = -1 } = await curl(["--cacert", trusting, "--output", "/dev/null", url]).then(
    () => ({ exitCode: 0 }),
    (error: unknown) => error as { exitCode?: number },
  );
  return exitCode;
}

/** Waits until the name of the URL is unknown: the lab's name server loads a change of the zone within a second. */
export async function untilUnknown(url: string): Promise<void> {
  await poll(
    async () => {
      const code = await refusal(url);
      if (code !== curlExit.unresolved) throw new Error(`curl ends with ${code}`);
    },
    { what: `the name in ${url} to be unknown`, timeout: 30_000 },
  );
}

/** Requests the URL until the answer has the status. */
export async function askUntil(url: string, status: number): Promise<Answer> {
  return poll(
    async () => {
      const answer = await ask(url);
      if (answer.status !== status)
        throw new Error(`${url} answers ${answer.status}: ${answer.body.slice(0, 200)}`);
      return answer;
    },
    { what: `${url} to answer ${status}`, timeout: 60_000, interval: 500 },
  );
}
