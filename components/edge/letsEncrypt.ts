/** Let's Encrypt's production directory, which a config means that names no other. */
export const letsEncryptDirectory = "https://acme-v02.api.letsencrypt.org/directory";

/** Whether an ACME directory is one of Let's Encrypt's: production, which is the default, or staging. */
export function isLetsEncrypt(server: string = letsEncryptDirectory): boolean {
  return URL.canParse(server) && new URL(server).hostname.endsWith(".api.letsencrypt.org");
}
