/** Letters that an interface's name of Linux can have in the text of a firewall; 15 at most, and one before a `*`. */
export const interfaceName = /^[A-Za-z0-9_.-]{1,15}\*?$/;

export function isInterfaceName(text: string): boolean {
  return interfaceName.test(text);
}
