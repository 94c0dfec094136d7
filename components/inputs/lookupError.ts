/** A lookup that found nothing or was not allowed. Its message is a sentence or two for the user, with the fix. */
export class LookupError extends Error {}
