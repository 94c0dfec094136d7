import { OperationError } from "../../lab/operator.ts";
import type { StackResult } from "../../lab/stack.ts";

/**
 * The error message of an operation that has to fail.
 *
 * @throws Error if it does not fail, or for another reason than the operation's own
 */
export async function failureOf(operation: Promise<StackResult>): Promise<string> {
  const failure = await operation.then(
    ({ changes }) => new Error(`it was to fail, and did ${JSON.stringify(changes)}`),
    (error: unknown) => error,
  );
  if (failure instanceof OperationError) return failure.message;
  throw failure;
}
