/** A sentence with values from users: names, addresses, URLs. Each renderer marks the values in its own way. */
export type Phrase = readonly (string | { readonly value: string })[];

/** phrase`now public at ${url}` */
export function phrase(texts: TemplateStringsArray, ...values: (string | Phrase)[]): Phrase {
  return texts.flatMap((text, index) => {
    const value = values[index];
    return [text, ...(value === undefined ? [] : typeof value === "string" ? [{ value }] : value)];
  });
}

/** The phrases, joined by a separator. */
export function joined(phrases: Phrase[], separator: string): Phrase {
  return phrases.flatMap((one, index) => (index === 0 ? one : [separator, ...one]));
}

/** Values as a list: a, b. */
export function listed(values: readonly string[]): Phrase {
  return joined(
    values.map((value) => [{ value }]),
    ", ",
  );
}
