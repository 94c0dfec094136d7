import { rejection } from "../rejection.ts";
import { runProgram, type StandIn } from "./engine.ts";

/** The message of the error that a program throws. */
export async function failure(program: () => unknown): Promise<string> {
  return (await rejection(runProgram(program))).message;
}

/** The messages of errors that occur once Outputs have their values: these end a program as unhandled rejections. */
export async function unhandledFailure(program: () => unknown, standIn?: StandIn): Promise<string> {
  const messages: string[] = [];
  const note = (reason: unknown) => messages.push(reason instanceof Error ? reason.message : String(reason));
  const earlier = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", note);
  try {
    await runProgram(program, standIn).catch(note);
    // Node reports an unhandled rejection only after all pending microtasks.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of earlier) process.on("unhandledRejection", listener);
  }
  return messages.join("\n");
}
