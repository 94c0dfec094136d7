export { loadConfig } from "./load.ts";
export type { ConfigSource } from "./load.ts";
export type { Middleware } from "./middleware.ts";
export { ConfigError } from "./problems.ts";
export { proxyPorts } from "./schema.ts";
export type { AcmeSettings, ControlPlaneSettings, EdgeSettings, SshSettings } from "./schema.ts";
export type { AppSpec, Platform, ReleaseSpec, Settings } from "./settings.ts";
