import { readFile } from "node:fs/promises";
import { isObject } from "./properties.ts";

const signatureKey = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** The text of an asset: a string, or the content of a local file. */
export async function assetText(asset: unknown): Promise<string> {
  if (isObject(asset) && asset[signatureKey] === assetSignature) {
    if (typeof asset.text === "string") return asset.text;
    if (typeof asset.path === "string") return readFile(asset.path, "utf8");
  }
  throw new Error("the stand-in plugin supports only text and file assets");
}
