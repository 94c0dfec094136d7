import { resourcesInState } from "../state/index.ts";

/** A script's entry in the state. */
interface RecordedScript {
  connection: { host: string; port: number; hostKey: string };
  /** The machine's name first. */
  triggers: string[];
}

/** Type token of all scripts. */
export const scriptType = "command:remote:Command";

/**
 * The name of a machine in the state: the key and address by which it was first known. A machine keeps its name while
 * its key stays the same, at any address, or while its address stays the same, with a new key after a reinstallation.
 * If both differ, it is another machine, without what the old one holds.
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
