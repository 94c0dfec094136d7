import type { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { withoutNulls, type Properties } from "./properties.ts";
import { Struct as StructMessage } from "./wellKnown.ts";

/** Properties as a message of the plugin protocol. */
export function toStruct(properties: Properties): Struct {
  return StructMessage.fromJavaScript(withoutNulls(properties) as Record<string, JavaScriptValue>);
}

/** The properties of a message; a missing one has none. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct ? (withoutNulls(struct.toJavaScript()) as Properties) : {};
}
