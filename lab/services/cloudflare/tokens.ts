import { readFileSync } from "node:fs";
import { z } from "zod";

/** What a token may do with the zone, in the dashboard's words. */
export const permissions = ["Zone:Read", "DNS:Read", "DNS:Edit"] as const;

const schema = z.array(
  z.strictObject({
    /** 40 characters or more of `A-Z a-z 0-9 _ -`. */
    token: z.string().regex(/^[\w-]{40,80}$/),
    permissions: z.array(z.enum(permissions)).default([...permissions]),
    /**
     * What the token's user is allowed, where it is not what everybody is. Each token has a user of its own.
     */
    rateLimit: z.strictObject({ limit: z.int().min(0), window: z.number().positive() }).optional(),
  }),
);

export type Permission = (typeof permissions)[number];

/** An API token: https://developers.cloudflare.com/fundamentals/api/reference/permissions/ */
export type Token = z.infer<typeof schema>[number];

/** As somebody writes one down. */
export type TokenOptions = z.input<typeof schema>[number];

/** The tokens of a file, as they are at each call: tokens come and go while the service runs. */
export function tokenFile(path: string): () => readonly Token[] {
  return () => schema.parse(JSON.parse(readFileSync(path, "utf8")));
}
