/**
 * A kubeconfig for a server without TLS, which client libraries accept only if it skips verification.
 *
 * @param user its credentials @default the token `let-me-in`
 */
export function kubeconfigOf(server: string, user: object = { token: "let-me-in" }): string {
  return `
current-context: home
contexts: [{ name: home, context: { cluster: home, user: admin } }]
clusters: [{ name: home, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: ${JSON.stringify(user)} }]
`;
}
