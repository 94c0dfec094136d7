import type { types } from "@pulumi/cloudflare";
import type { Fields, Property } from "../framework/schema.ts";

const text = { type: "string" } as const satisfies Property;
const number = { type: "number" } as const satisfies Property;
const flag = { type: "boolean" } as const satisfies Property;

const metaFields = {
  cdnOnly: flag,
  customCertificateQuota: number,
  dnsOnly: flag,
  foundationDns: flag,
  pageRuleQuota: number,
  phishingDetected: flag,
  step: number,
} as const satisfies Fields;

const planFields = {
  canSubscribe: flag,
  currency: text,
  externallyManaged: flag,
  frequency: text,
  id: text,
  isSubscribed: flag,
  legacyDiscount: flag,
  legacyId: text,
  name: text,
  price: number,
} as const satisfies Fields;

/** A zone as the provider shows it: https://developers.cloudflare.com/api/resources/zones/ */
export const zoneFields = {
  account: { type: { fields: { id: text, name: text } } },
  activatedOn: text,
  cnameSuffix: text,
  createdOn: text,
  developmentMode: number,
  id: text,
  meta: { type: { fields: metaFields } },
  modifiedOn: text,
  name: text,
  nameServers: { type: { list: "string" } },
  originalDnshost: text,
  originalNameServers: { type: { list: "string" } },
  originalRegistrar: text,
  owner: { type: { fields: { id: text, name: text, type: text } } },
  paused: flag,
  permissions: { type: { list: "string" } },
  plan: { type: { fields: planFields } },
  status: text,
  tenant: { type: { fields: { id: text, name: text } } },
  tenantUnit: { type: { fields: { id: text } } },
  type: text,
  vanityNameServers: { type: { list: "string" } },
  verificationKey: text,
} as const satisfies Record<keyof types.output.GetZonesResult, Property>;
