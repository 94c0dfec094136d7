/*
 * What depends on Pulumi's internals rather than on its documented API. Other folders import only this file, so an
 * update of the SDK has one place to check. For each export a test below `test/unit/components/state`, or the lab test
 * that its file names, shows what fails without it. `sdk.test.ts` fails if the SDK no longer has what it uses.
 */
export { aliasRenamed } from "./aliasRenamed.ts";
export { claim, type ClaimArgs } from "./claim.ts";
export { configEncryption } from "./configEncryption.ts";
export { hookInRun } from "./hookInRun.ts";
export { resourcesInState, type ResourceInState } from "./stateReader.ts";
export { transformInRun } from "./transformInRun.ts";
