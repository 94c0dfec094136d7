/** The text of a file, or the target of a symbolic link. */
export type HostFile = string | { linkTo: string };
