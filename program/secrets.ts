import * as pulumi from "@pulumi/pulumi";
import type { SshArgs } from "../components/index.ts";
import { privateKeysSecret } from "../config/index.ts";
import { namesIn } from "./settings.ts";

/** The private key for a host, and its option. */
export type PrivateKey = Pick<SshArgs, "privateKey" | "privateKeyOption">;

/** The private key for the host with this name: its own, or the common one. */
export function privateKeyOf(host: string, config: pulumi.Config): PrivateKey {
  const own = config.getSecretObject<Record<string, string>>(privateKeysSecret);
  if (own === undefined || !namesIn(config, privateKeysSecret)?.includes(host))
    return {
      privateKeyOption: `${config.name}:sshPrivateKey`,
      privateKey: config.requireSecret("sshPrivateKey"),
    };
  const privateKeyOption = `${config.name}:${privateKeysSecret}.${host}`;
  return { privateKeyOption, privateKey: own.apply((keys) => given(keys[host], privateKeyOption)) };
}

/** The token with which a VPS validates names. @default Cloudflare's API token */
export function acmeDnsToken(config: pulumi.Config): pulumi.Output<string> {
  return config.getSecret("acmeDnsToken") ?? new pulumi.Config("cloudflare").requireSecret("apiToken");
}

function given(value: string | undefined, option: string): string {
  if (value === undefined) throw new pulumi.RunError(`${option} is missing.`);
  return value;
}
