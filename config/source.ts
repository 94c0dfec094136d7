/** Where the config comes from: a stack's file, or a test. */
export interface ConfigSource {
  /** The value of `mynodeone:<key>`, parsed; `undefined` where there is none. */
  get(key: string): unknown;
  /** All keys below `mynodeone:`, without that prefix. A source that cannot tell lets unknown keys pass. */
  keys?(): string[];
  /** All keys of the stack with their namespace, other providers' too, and whether their values are encrypted. */
  encryption?(): Record<string, boolean>;
  /** The names in a secret that is a map, such as `sshPrivateKeys`; `undefined` where there is none. */
  namesIn?(key: string): string[] | undefined;
  /** The environment of a run, which the providers read too. @default none */
  environment?: NodeJS.ProcessEnv;
  /** Whether the secrets have to be there by now. A file is checked before they are set. @default false */
  needsSecrets?: boolean;
  /**
   * Whether values of the sample, and those that Let's Encrypt refuses, are problems: for a config that something is to
   * be made of. @default false
   */
  needsOwnValues?: boolean;
}
