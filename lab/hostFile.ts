/** The text of a file, or where a symbolic link leads. */
export type HostFile = string | { linkTo: string };
