import { domain, services } from "../../topology.ts";
import type { ZoneBase } from "./zoneFile.ts";

const nameServer = `ns1.${domain}`;

/** A domain that was added to the account, but whose registrar still names the old name servers. */
export const pendingZone = { zone: "pending.test", primaryNameServer: nameServer };

/** The lab's zone without any records of the API: its name server, and the services with names. */
export const labZone: ZoneBase = {
  zone: domain,
  primaryNameServer: nameServer,
  records: [
    { name: domain, type: "NS", content: nameServer, ttl: 3600 },
    { name: nameServer, type: "A", content: services.dns.address, ttl: 3600 },
    ...Object.values(services).flatMap((service) =>
      "name" in service
        ? [{ name: service.name, type: "A" as const, content: service.address, ttl: 3600 }]
        : [],
    ),
  ],
};
