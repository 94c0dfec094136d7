import type { Client } from "ssh2";

/**
 * The internals of ssh2 that are needed here, since the library requests a variable and does not wait for the answer.
 */
interface Internals {
  _protocol: {
    env: (channel: number, name: string, value: string, wantReply: boolean) => void;
    exec: (channel: number, command: string, wantReply: boolean) => void;
  };
  _chanMgr: { _channels: Record<number, Channel | null> };
}

interface Channel {
  /** The channel's number on the host. */
  outgoing: { id: number };
  _callbacks: ((refused: boolean) => void)[];
}

/**
 * Makes a client's commands wait for the host's answer to each variable (AcceptEnv in its sshd_config).
 *
 * @param refused called with the name of a variable that the host refuses; returns true to run the command nevertheless
 */
export function awaitEnvironment(client: Client, refused: (name: string) => boolean): void {
  const { _protocol: protocol, _chanMgr: manager } = client as unknown as Internals;
  const { env, exec } = protocol;
  let answers: Promise<boolean>[] = [];
  protocol.env = (channel, name, value) => {
    // The host answers in the order of the requests.
    answers.push(
      new Promise((resolve) => {
        find(manager._channels, channel)._callbacks.push((isRefused) => {
          resolve(!isRefused || refused(name));
        });
      }),
    );
    env.call(protocol, channel, name, value, true);
  };
  protocol.exec = (channel, command, wantReply) => {
    const asked = answers;
    answers = [];
    void Promise.all(asked).then((goOn) => {
      if (goOn.every(Boolean)) exec.call(protocol, channel, command, wantReply);
    });
  };
}

function find(channels: Record<number, Channel | null>, id: number): Channel {
  const found = Object.values(channels).find((channel) => channel?.outgoing.id === id);
  if (!found) throw new Error(`ssh: no open channel ${id}`);
  return found;
}
