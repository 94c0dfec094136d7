import { expect } from "chai";
import { looksSecret } from "../../../../config/schema/secretText.ts";

/** Long enough to cut a token of any vendor from it. */
const body = "Ab3".repeat(20);

/** Concatenated, so that no scanner reports this file as a leak. */
const secrets: Record<string, string[]> = {
  "a private key": [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----",
    `AGE-SECRET-KEY-${"1".repeat(2)}${"Q".repeat(30)}`,
    "PuTTY-User-Key-File-3: ssh-ed25519",
  ],
  "a Tailscale key": [`tskey-auth-${body}`, `tskey-client-${body}`],
  "a GitHub token": [`ghp_${body}`, `github_pat_${body}`],
  "a GitLab token": [`glpat-${body}`],
  "an AWS access key": [`AKIA${"A".repeat(16)}`],
  "a Cloudflare token": [`cfut_${body}`],
  "a Slack token": [`xoxb-${body}`, `xapp-1-${body}`],
  "a Slack webhook": [`https://hooks.slack.com/services/T012345/B012345/${body}`],
  "a Discord webhook": [`https://discord.com/api/webhooks/123456789/${body}`],
  "a Telegram token": [`123456789:AA${body.slice(0, 33)}`],
  "a Stripe key": [`sk_live_${body}`, `rk_test_${body}`, `whsec_${body}`],
  "a Google key": [`AIza${body}`],
  "an npm token": [`npm_${body}`],
  "a Docker token": [`dckr_pat_${body}`],
  "a Vault token": [`hvs.${body}`],
  "a SendGrid key": [`SG.${body}.${body}`],
  "an AI service's key": [`sk-proj-${body}`],
  "a JSON Web Token": [`eyJhbGciOiJI.eyJzdWIiOiIx.${body}`],
  "a URL with a password": [
    "postgres://immich:hunter2@db.example.com:5432/immich",
    "redis://:hunter2@cache:6379",
    "https://me:hunter2@[2001:db8::1]/",
    "amqp://me:hunter2@queue",
  ],
};

/** Texts of a config that are not secrets. */
const harmless = [
  "https://photos.example.com/share?key=1",
  "postgres://immich@db.example.com/immich",
  "postgres://immich:$(DB_PASSWORD)@db/immich",
  "postgres://immich:${DB_PASSWORD}@db/immich",
  'postgres://immich:{{ index .data "password" }}@db/immich',
  "postgres://immich:<password>@db/immich",
  "git@github.com:me/repository.git",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleKeyOfTheVpsExampleKeyOfTheVpsExample",
  "-----BEGIN CERTIFICATE-----",
  "ghcr.io/immich-app/immich-server:v2.0.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "10:00:00",
  "user:$2y$10$abcdefghijklmnopqrstuv",
];

describe("a text counts as a secret", () => {
  for (const [kind, texts] of Object.entries(secrets)) {
    it(`if it contains ${kind}`, () => {
      expect(texts.map((text) => looksSecret(`before ${text} after`))).to.deep.equal(texts.map(() => kind));
    });
  }

  it("only if nothing else can look like it", () => {
    expect(harmless.filter((text) => looksSecret(text) !== undefined)).to.be.empty;
  });
});
