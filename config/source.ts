/** Source of a config: a stack's file, or a test. */
export interface ConfigSource {
  /** The value of `mynodeone:<key>`, parsed; `undefined` if not set. */
  get(key: string): unknown;
  /** All keys below `mynodeone:`, without that prefix. Without this function, unknown keys are not reported. */
  keys?(): string[];
  /** All keys of the stack with their namespace, including other providers', and whether their values are encrypted. */
  encryption?(): Record<string, boolean>;
  /** The names in a secret that is a map, such as `sshPrivateKeys`; `undefined` if not set. */
  namesIn?(key: string): string[] | undefined;
  /** The environment of a run, which the providers read too. @default none */
  environment?: NodeJS.ProcessEnv;
  /** Whether missing secrets are problems. A file is checked before they are set. @default false */
  needsSecrets?: boolean;
  /**
   * Whether values of the sample, and those that Let's Encrypt refuses, are problems: for a config of a run.
   * @default false
   */
  needsOwnValues?: boolean;
}
