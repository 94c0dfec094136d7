/** In the first line of files of ours; a unit or a Traefik without it is somebody else's. */
export const signature = "Written by MyNodeOne";

/** The first line of a file that a user might change, without its comment sign. */
export const generatedHeader = `${signature}; changes are lost at the next \`pulumi up\`.`;
