import { stringify } from "yaml";

/**
 * A configuration as Traefik reads it. Its parser follows YAML 1.1 in part, where `no`, `on`, `012` and `1:30` are no
 * strings: so every string is in quotes, and every key that could be something else.
 *
 * @see https://github.com/go-yaml/yaml#compatibility
 */
export function traefikYaml(configuration: object): string {
  return stringify(configuration, {
    compat: "yaml-1.1",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    // On one line, whatever it holds.
    doubleQuotedAsJSON: true,
  });
}
