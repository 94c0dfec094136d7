import {
  DnsRecord as CloudflareRecord,
  type DnsRecordArgs as CloudflareRecordArgs,
} from "@pulumi/cloudflare/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import { create, type Transform } from "../inputs/transform.ts";
import { recordComment } from "../names.ts";
import { adoptRecord, isSameRecord } from "./adoptRecord.ts";
import { aliasRenamed, transformInRun } from "../state/index.ts";

/** One address record. */
export interface DnsRecordArgs {
  /** Id of the Cloudflare zone. */
  zoneId: pulumi.Input<string>;
  /** Full host name, e.g. `photos.example.com`, or the zone's apex. */
  name: pulumi.Input<string>;
  /** The IPv4 address that it points to. */
  address: pulumi.Input<string>;
  /**
   * Whether requests go through Cloudflare's proxy, which terminates TLS and limits uploads.
   * @default false
   * @see https://developers.cloudflare.com/dns/proxy-status/
   */
  proxied?: pulumi.Input<boolean>;
  /**
   * How long resolvers may cache it, in seconds; with 1 Cloudflare chooses (300). A proxied record always has 1.
   * @default 1
   * @see https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/
   */
  ttl?: pulumi.Input<number>;
  /**
   * A change to the record at Cloudflare, such as `{ record: { tags: ["owner:me"] } }`.
   * @default none
   * @see https://www.pulumi.com/registry/packages/cloudflare/api-docs/dnsrecord/
   */
  transform?: { record?: Transform<CloudflareRecordArgs> };
}

/**
 * An A record at Cloudflare.
 *
 * ```ts
 * new DnsRecord("grafana", { zoneId, name: "grafana.example.com", address: edge.publicIp });
 * ```
 */
export class DnsRecord extends pulumi.ComponentResource {
  /** Full host name. */
  readonly name: pulumi.Output<string>;
  /** The record at Cloudflare. */
  readonly record: CloudflareRecord;

  constructor(name: string, args: DnsRecordArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:DnsRecord", name, {}, opts);
    const check = new Checks(this, "DnsRecord", name);

    const proxied = pulumi.output(args.proxied).apply((wanted) => wanted ?? false);
    this.record = create(
      CloudflareRecord,
      args.transform?.record,
      `${name}-a`,
      {
        zoneId: args.zoneId,
        name: pulumi.output(args.name).apply((host) => check.hostName("name", host)),
        type: "A",
        content: pulumi.output(args.address).apply((address) => check.ipv4("address", address)),
        ttl: pulumi.all([proxied, args.ttl]).apply(([isProxied, ttl]) => (isProxied ? 1 : (ttl ?? 1))),
        proxied,
        comment: recordComment(pulumi.getStack()),
      },
      pulumi.mergeOptions(childOptions(this, opts), {
        transforms: [aliasRenamed(isSameRecord), transformInRun(adoptRecord)],
      }),
    );
    this.name = this.record.name;

    this.registerOutputs({ name: this.name });
  }
}
