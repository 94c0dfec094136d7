/*
 * What rests on Pulumi's internals rather than on its documented API. Other rooms import this file alone, so that an
 * update of the SDK has one place to be checked. For each export a test below `test/unit/components/state` shows what
 * goes wrong without it, and `sdk.test.ts` fails when the SDK no longer has what it uses.
 */
export { aliasRenamed } from "./aliasRenamed.ts";
export { claim, type ClaimArgs } from "./claim.ts";
export { configEncryption } from "./configEncryption.ts";
export { hookInRun } from "./hookInRun.ts";
export { resourcesInState, type ResourceInState } from "./stateReader.ts";
export { transformInRun } from "./transformInRun.ts";
