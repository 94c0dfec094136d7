/**
 * Characters of a Linux interface's name that are safe in a firewall's text; at most 15, and at least one before a `*`.
 */
export const interfaceName = /^[A-Za-z0-9_.-]{1,15}\*?$/;

export function isInterfaceName(text: string): boolean {
  return interfaceName.test(text);
}
