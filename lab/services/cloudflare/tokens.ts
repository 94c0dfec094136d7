import { readFileSync } from "node:fs";
import { z } from "zod";

/** A token's permissions for the zone, in the dashboard's terms. */
const permissions = ["Zone:Read", "DNS:Read", "DNS:Edit"] as const;

const schema = z.array(
  z.strictObject({
    /** 40 characters or more of `A-Z a-z 0-9 _ -`. */
    token: z.string().regex(/^[\w-]{40,80}$/),
    permissions: z.array(z.enum(permissions)).default([...permissions]),
    /**
     * The quota of the token's user, if it differs from the default. Each token has its own user.
     */
    rateLimit: z.strictObject({ limit: z.int().min(0), window: z.number().positive() }).optional(),
  }),
);

export type Permission = (typeof permissions)[number];

/** An API token: https://developers.cloudflare.com/fundamentals/api/reference/permissions/ */
export type Token = z.infer<typeof schema>[number];

/** A token as written in the tokens file. */
export type TokenOptions = z.input<typeof schema>[number];

/** The tokens of a file, read at each call: they may change while the service runs. */
export function tokenFile(path: string): () => readonly Token[] {
  return () => schema.parse(JSON.parse(readFileSync(path, "utf8")));
}
