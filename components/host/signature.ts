/** Part of the first line of our files. A unit or a Traefik without it is not ours. */
export const signature = "Written by MyNodeOne";

/** The first line of a file that a user might edit, without its comment sign. */
export const generatedHeader = `${signature}; changes are lost at the next \`pulumi up\`.`;
