import { stringify } from "yaml";

/**
 * A configuration as Traefik reads it. Its parser partly follows YAML 1.1, where `no`, `on`, `012` and `1:30` are not
 * strings. So every string is quoted, and every key that is ambiguous.
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
    // Keeps each string on one line.
    doubleQuotedAsJSON: true,
  });
}
