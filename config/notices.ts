import type { Settings } from "./settings.ts";

/** What to tell the user before anything is changed: each a line that names its subject. */
export function noticesOf({ platform, apps }: Settings): string[] {
  return [
    ...(platform.edges.length > 1 && platform.acme.challenge === "http-01" ? [severalEdges] : []),
    ...apps.flatMap(({ name, notices }) => notices.map((notice) => `${name}: ${notice}`)),
  ];
}

const severalEdges =
  "mynodeone:acme: with several edges the authority may ask one for the certificate of another; use challenge: dns-01";
