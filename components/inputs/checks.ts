import * as pulumi from "@pulumi/pulumi";
import { isIPv4 } from "node:net";
import { isDnsLabel, isHostName } from "./dnsName.ts";
import { isInterfaceName } from "./interfaceName.ts";
import {
  isAddressOrNetwork,
  isClusterAddress,
  isClusterNetwork,
  isTailnetAddress,
  isTailnetNetwork,
  k3sPods,
  privateNetworksListed,
  tailnetRange,
} from "./networks.ts";

/** Checks of one component's options. An invalid value ends the program with the component, option, value and fix. */
export class Checks {
  private readonly resource: pulumi.Resource;
  private readonly subject: string;

  constructor(resource: pulumi.Resource, component: string, name: string) {
    this.resource = resource;
    this.subject = `${component} "${name}"`;
  }

  /** A lower-case DNS label, since it becomes part of file, unit and table names. */
  label(option: string, value: string): string {
    const fix = "use at most 63 lowercase letters, digits and hyphens";
    return this.require(isDnsLabel(value), option, value, fix);
  }

  /** A host name with at least one dot. */
  hostName(option: string, value: string): string {
    return this.require(isHostName(value), option, value, "use a host name such as photos.example.com");
  }

  /** A DNS domain, of one label or more. */
  domain(option: string, value: string): string {
    return this.require(isHostName(`name.${value}`), option, value, "use a domain such as cluster.local");
  }

  /** An IPv4 address. */
  ipv4(option: string, value: string): string {
    return this.require(isIPv4(value), option, value, "use an IPv4 address such as 203.0.113.7");
  }

  /** An IPv4 address in the tailnet. */
  tailnetAddress(option: string, value: string): string {
    const fix = `use an address within ${tailnetRange}, as \`tailscale ip -4\` prints it`;
    return this.require(isTailnetAddress(value), option, value, fix);
  }

  /** An IPv4 address or network in the tailnet. */
  tailnetNetwork(option: string, value: string): string {
    const fix = `use an address or network within ${tailnetRange}, such as 100.64.0.7`;
    return this.require(isTailnetNetwork(value), option, value, fix);
  }

  /** A network of a cluster's pods or Services. */
  clusterNetwork(option: string, value: string): string {
    const fix = `use a network within ${privateNetworksListed}, such as ${k3sPods}`;
    return this.require(isClusterNetwork(value), option, value, fix);
  }

  /** The address of a cluster's DNS. */
  clusterAddress(option: string, value: string): string {
    return this.require(isClusterAddress(value), option, value, "use a private address such as 10.43.0.10");
  }

  /** An IPv4 or IPv6 address or network. */
  network(option: string, value: string): string {
    const fix = "use an address or network such as 203.0.113.0/24 or 2001:db8::/32";
    return this.require(isAddressOrNetwork(value), option, value, fix);
  }

  /** A network interface's name; a trailing `*` matches any text. */
  interfaceName(option: string, value: string): string {
    const fix = "use an interface's name such as cni0, with * at the end for all that begin like it";
    return this.require(isInterfaceName(value), option, value, fix);
  }

  /** A TCP port, `lowest` or above. */
  port(option: string, value: number, lowest = 1): number {
    const good = Number.isInteger(value) && value >= lowest && value <= 65535;
    return this.require(good, option, value, `use a whole number from ${lowest} to 65535`);
  }

  /** A whole number within a range, both ends included. */
  wholeNumber(option: string, value: number, first: number, last: number): number {
    const good = Number.isInteger(value) && value >= first && value <= last;
    return this.require(good, option, value, `use a whole number from ${first} to ${last}`);
  }

  /** One of the allowed words. */
  oneOf<Word extends string>(option: string, value: string, words: readonly Word[]): Word {
    const word = words.find((one) => one === value);
    return word ?? this.refuse(option, value, `use ${words.join(" or ")}`);
  }

  /** A list with at least one value. */
  nonEmpty<T>(option: string, values: readonly T[], fix: string): [T, ...T[]] {
    const [first, ...others] = values;
    if (first === undefined) return this.refuse(option, values, fix);
    return [first, ...others];
  }

  /** A required value. */
  given<T>(option: string, value: T | undefined, fix: string): T {
    return value ?? this.refuse(option, value, fix);
  }

  /** Returns `value` if `good`, and ends the program otherwise. */
  require<T>(good: boolean, option: string, value: T, fix: string): T {
    return good ? value : this.refuse(option, value, fix);
  }

  private refuse(option: string, value: unknown, fix: string): never {
    throw new pulumi.ResourceError(
      `${this.subject}: ${option} is ${JSON.stringify(value)}: ${fix}`,
      this.resource,
      true,
    );
  }
}
