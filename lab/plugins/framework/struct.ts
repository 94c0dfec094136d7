import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { withoutNulls, withoutUndefined, type Properties } from "./properties.ts";
import { Struct as StructMessage } from "./wellKnown.ts";

/** Properties as a message of the plugin protocol. */
export function toStruct(properties: Properties): Struct {
  return StructMessage.fromJavaScript(withoutUndefined(properties) as Record<string, JavaScriptValue>);
}

/** The properties of a message; none if it is missing. @param nulls whether null means "not given" */
export function fromStruct(struct: Struct | undefined, nulls: "dropped" | "kept" = "dropped"): Properties {
  const properties = (struct?.toJavaScript() ?? {}) as Properties;
  return nulls === "kept" ? properties : (withoutNulls(properties) as Properties);
}
