/** What a lookup did not find, or was not allowed to: a sentence or two for the user, with the way out. */
export class LookupError extends Error {}
