import { resourcesInState } from "../state/index.ts";

/** What the state has of a script that has run. */
export interface RecordedScript {
  connection: { host: string; port: number; hostKey: string };
  /** The machine's name first. */
  triggers: string[];
}

/** Type token of all scripts. */
export const scriptType = "command:remote:Command";

/**
 * The name of a machine in the state: key and address by which it was first known. It stays the same one while it
 * shows the same key, wherever it is dialled, and while it is dialled at the same address: set up anew, it shows another
 * key. Only one that differs in both is another machine, on which the old one's things are not.
 */
export async function machineName(address: string, hostKey: string): Promise<string> {
  const scripts = (await resourcesInState(scriptType)).map(
    ({ outputs }) => outputs as unknown as RecordedScript,
  );
  const same =
    scripts.find(({ connection }) => connection.hostKey === hostKey) ??
    scripts.find(({ connection: { host, port } }) => `${host}:${port}` === address);
  return same?.triggers[0] ?? `${address} ${hostKey}`;
}
