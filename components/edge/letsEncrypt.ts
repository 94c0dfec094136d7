/** Let's Encrypt's production directory, the default of a config. */
export const letsEncryptDirectory = "https://acme-v02.api.letsencrypt.org/directory";

/** Whether an ACME directory is Let's Encrypt's: production, the default, or staging. */
export function isLetsEncrypt(server: string = letsEncryptDirectory): boolean {
  return URL.canParse(server) && new URL(server).hostname.endsWith(".api.letsencrypt.org");
}
