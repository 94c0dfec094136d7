/**
 * What `pulumi up` runs. It takes a default export or named ones, not both: what others import is in program.ts.
 */
export { default } from "./program.ts";
