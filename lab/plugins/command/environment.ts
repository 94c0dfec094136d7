import type { Client } from "ssh2";

/** What of ssh2's inner life is needed: the library asks for a variable and does not wait for the answer. */
interface Internals {
  _protocol: {
    env: (channel: number, name: string, value: string, wantReply: boolean) => void;
    exec: (channel: number, command: string, wantReply: boolean) => void;
  };
  _chanMgr: { _channels: Record<number, Channel | null> };
}

interface Channel {
  /** The number that the host knows it by. */
  outgoing: { id: number };
  _callbacks: ((refused: boolean) => void)[];
}

/**
 * Lets a client's commands wait until the host has answered for each variable (AcceptEnv in its sshd_config).
 *
 * @param refused told the name of a variable that the host does not take; true to run the command nevertheless
 */
export function awaitEnvironment(client: Client, refused: (name: string) => boolean): void {
  const { _protocol: protocol, _chanMgr: manager } = client as unknown as Internals;
  const { env, exec } = protocol;
  let answers: Promise<boolean>[] = [];
  protocol.env = (channel, name, value) => {
    // The host answers in the order in which it was asked.
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
