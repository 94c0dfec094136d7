import { expect } from "chai";
import { catalogue } from "../../../../apps/index.ts";
import { plainSecrets } from "../../../../config/rules/plainSecrets.ts";
import { chosen } from "../../apps/chosen.ts";

describe("plain-text passwords", () => {
  it("are found by the names of their values", () => {
    const values = {
      adminToken: { value: "s3cr3t" },
      gitea: { admin: { username: "me", password: "hunter2" } },
      env: { PAPERLESS_SECRET_KEY: "changeme", PAPERLESS_URL: "https://example.com" },
      list: [{ name: "DB_PASSWORD", value: "x" }],
    };
    expect(plainSecrets(values)).to.deep.equal([
      "values.adminToken.value",
      "values.gitea.admin.password",
      "values.env.PAPERLESS_SECRET_KEY",
      "values.list.0.DB_PASSWORD",
    ]);
  });

  it("are not reported for Secret references, templates and options about passwords", () => {
    const values = {
      ...{ existingSecret: "mine", existingSecretPasswordKey: "password", passwordMode: "keepUpdated" },
      ...{ password: "", token: '{{ index .data "token" }}', apiKey: null, tokenSecret: "mine" },
      ...{
        env: { DB_PASSWORD: { secretKeyRef: { name: "db", key: "password" } } },
        imagePullSecret: "registry",
      },
      list: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }],
    };
    expect(plainSecrets(values)).to.be.empty;
  });

  it("occur in no app of the catalogue", () => {
    for (const name of Object.keys(catalogue)) expect(plainSecrets(chosen(name).values), name).to.be.empty;
  });
});
