import { z } from "zod";
import { parseHujson } from "../../hujson.ts";

/** The policy of a new tailnet. */
export const defaultPolicy = `{
  // Every device may reach every other one.
  "acls": [
    { "action": "accept", "src": ["*"], "dst": ["*:*"] },
  ],
}
`;

const names = z.array(z.string());

const rule = z.object({ action: z.literal("accept"), src: names, dst: names, proto: z.string().optional() });

const schema = z.object({
  acls: z.array(rule).optional(),
  groups: z.record(z.string().startsWith("group:"), names).default({}),
  hosts: z.record(z.string(), z.string()).default({}),
  tagowners: z.record(z.string().startsWith("tag:"), names).default({}),
});

export type Policy = z.infer<typeof schema>;

/** Sections that decide who reaches whom, but that headscale 0.26 would silently ignore. */
const unenforced = ["grants", "ipsets", "postures", "defaultsrcposture"];

/** https://tailscale.com/kb/1337/policy-syntax. Throws an Error that describes the first problem. */
export function parsePolicy(hujson: string): Policy {
  const document = parseHujson(hujson);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new Error("the policy file is not an object");
  }
  // The names of sections are case-insensitive ("ACLs" in older files).
  const sections = new Map(
    Object.entries(document).map(([name, section]) => [name.toLowerCase(), section as unknown]),
  );
  for (const name of unenforced) {
    if (sections.has(name))
      throw new Error(`"${name}" cannot be enforced by this control server; use "acls"`);
  }
  const parsed = schema.safeParse(Object.fromEntries(sections));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  checkReferences(parsed.data);
  return parsed.data;
}

function checkReferences({ acls = [], groups, tagowners }: Policy): void {
  for (const { src, dst } of acls) {
    for (const target of dst) {
      if (!/:(\*|[\d,-]+)$/.test(target)) throw new Error(`dst="${target}": port range is missing`);
    }
    for (const name of [...src, ...dst.map((target) => target.replace(/:[^:]*$/, ""))]) {
      if (name.startsWith("tag:") && !(name in tagowners)) throw new Error(`tag not found: "${name}"`);
      if (name.startsWith("group:") && !(name in groups)) throw new Error(`group not found: "${name}"`);
    }
  }
}
