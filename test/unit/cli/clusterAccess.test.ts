import { expect } from "chai";
import { execa } from "execa";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { projectRoot } from "../../../lab/paths.ts";
import { clusterAccess } from "../../../cli/clusterAccess.ts";

interface RbacObject {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { resources: string[]; verbs: string[] }[];
}

const objects = (namespaces: string[]) =>
  parseAllDocuments(clusterAccess(namespaces)).map((document) => document.toJS() as RbacObject);

describe("the account for the program in the cluster", () => {
  it("administers the namespaces of the apps, and no other", () => {
    const bindings = objects(["immich", "gatus", "immich"]).filter(({ kind }) => kind === "RoleBinding");
    expect(bindings.map(({ metadata }) => metadata.namespace)).to.deep.equal(["gatus", "immich"]);
  });

  it("may read no Secret of the whole cluster, and change nothing there except create namespaces", () => {
    const rules = objects([]).flatMap(({ rules: some = [] }) => some);
    expect(rules.flatMap(({ resources }) => resources))
      .not.to.include("secrets")
      .and.not.include("*");
    const changing = rules.filter(({ verbs }) => verbs.some((verb) => verb !== "list"));
    expect(changing).to.have.lengthOf(1);
    expect(changing[0]).to.deep.include({ resources: ["namespaces"], verbs: ["create"] });
  });

  it("is refused for an app in a namespace of Kubernetes's own", async () => {
    const directory = mkdtempSync(join(tmpdir(), "mynodeone-access-"));
    const file = join(directory, "Pulumi.test.yaml");
    const app = (namespace: string) => `
      proxyPort: 8100
      chart: { name: gatus, repository: https://charts.example.com, version: 1.4.5 }
      service: { namespace: ${namespace}, name: gatus }`;
    const access = async (namespace: string) => {
      writeFileSync(file, `${platform}  mynodeone:apps:\n    gatus: ${app(namespace)}\n`);
      return execa("node", [join(projectRoot, "cli/main.ts"), "access", file], { reject: false });
    };
    try {
      const refused = await access("kube-system");
      expect(refused).to.include({ exitCode: 1, stdout: "" });
      expect(refused.stderr).to.contain("installed into kube-system").and.contain("service.namespace");
      expect((await access("gatus")).stdout, "the control").to.contain("namespace: gatus");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

const platform = `config:
  mynodeone:domain: home.example.org
  mynodeone:acme: { email: me@example.org }
  mynodeone:edges:
    - name: edge
      publicIp: 45.8.133.192
      device: vps
      ssh: { user: deploy, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE }
  mynodeone:controlPlane:
    device: home
    ssh: { user: deploy, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuF }
`;
