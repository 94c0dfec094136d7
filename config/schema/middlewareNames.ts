/** A list of middlewares as a map in the same order. Each name is the kind, numbered from the second on. */
export function nameMiddlewares<Middleware extends object>(
  middlewares: readonly Middleware[],
): Record<string, Middleware> {
  const named = new Map<string, Middleware>();
  const counts = new Map<string, number>();
  for (const definition of middlewares) {
    const kind = Object.keys(definition).join("-").toLowerCase();
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    named.set(count === 1 ? kind : `${kind}-${count}`, definition);
  }
  return Object.fromEntries(named);
}
