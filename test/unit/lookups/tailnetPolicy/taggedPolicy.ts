import { edgeRule, inline } from "../../../../components/tailnetPolicy/rules.ts";
import type { AclRule } from "../../../../components/tailnetPolicy/rules.ts";

/**
 * The example of docs/tailnet-policy.md: a policy with a tag for the edges and one for the home, in which people reach
 * everything.
 *
 * @param ports @default those of the first two apps of the catalogue
 */
export function taggedPolicy(ports: readonly number[] = [8080, 8081]): string {
  const rules: [comment: string, rule: AclRule][] = [
    ["People reach every device.", { action: "accept", src: ["autogroup:member"], dst: ["*:*"] }],
    ["A VPS reaches the proxies of the apps on the internet.", edgeRule(["tag:edge"], "tag:home", ports)],
  ];
  return [
    "{",
    '  "tagOwners": {',
    '    "tag:edge": ["autogroup:admin"],',
    '    "tag:home": ["autogroup:admin"],',
    "  },",
    '  "acls": [',
    ...rules.flatMap(([comment, rule]) => [`    // ${comment}`, `    ${inline(rule)},`]),
    "  ],",
    "}",
    "",
  ].join("\n");
}
