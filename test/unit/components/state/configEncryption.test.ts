import * as pulumi from "@pulumi/pulumi";
import { version } from "@pulumi/pulumi/version.js";
import { expect } from "chai";
import { configEncryption } from "../../../../components/state/index.ts";
import { loadConfig } from "../../../../config/index.ts";

describe("the encryption of config values", () => {
  const internals = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  const { isConfigSecret } = internals;

  beforeEach(() => {
    const config = { "mynodeone:domain": "example.com", "cloudflare:apiToken": "in plain text" };
    pulumi.runtime.setAllConfig({ ...config, "mynodeone:sshPrivateKey": "k" }, ["mynodeone:sshPrivateKey"]);
  });
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
    internals.isConfigSecret = isConfigSecret;
  });

  it("is reported for every key, including other providers' keys", () => {
    expect(configEncryption()).to.deep.equal({
      "mynodeone:domain": false,
      "cloudflare:apiToken": false,
      "mynodeone:sshPrivateKey": true,
    });
  });

  it("is checked, so that a token in plain text is refused", () => {
    const get = () => undefined;
    const refused = /cloudflare:apiToken[^\n]*plain text/;
    expect(() => loadConfig({ get, encryption: configEncryption })).to.throw(refused);
    // The control: without it the token passes, and the error only names other missing options.
    expect(() => loadConfig({ get }))
      .to.throw()
      .and.satisfy((error: Error) => !refused.test(error.message));
  });

  it("never counts as present because the SDK cannot tell", () => {
    delete internals.isConfigSecret;
    expect(configEncryption).to.throw(pulumi.RunError, `@pulumi/pulumi ${version}`);
  });
});
