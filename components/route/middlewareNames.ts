/** A name for each middleware of a list: its kind, numbered from the second of a kind on. */
export function nameMiddlewares(middlewares: readonly object[]): [name: string, middleware: object][] {
  const counts = new Map<string, number>();
  return middlewares.map((middleware) => {
    const kind = Object.keys(middleware).join("-").toLowerCase();
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return [count === 1 ? kind : `${kind}-${count}`, middleware];
  });
}
