import "@pulumi/pulumi/proto/provider_pb.js";
import "@pulumi/pulumi/proto/status_pb.js";
import type anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import type emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import type structMessages from "google-protobuf/google/protobuf/struct_pb.js";

type WellKnown = Pick<typeof anyMessages, "Any"> &
  Pick<typeof emptyMessages, "Empty"> &
  Pick<typeof structMessages, "Struct">;

/**
 * Protocol Buffers' own message types, taken from the global where the generated stubs look them up at each use: an
 * import could replace it by a second version of the package.
 */
export const { Any, Empty, Struct } = (
  globalThis as unknown as { proto: { google: { protobuf: WellKnown } } }
).proto.google.protobuf;
