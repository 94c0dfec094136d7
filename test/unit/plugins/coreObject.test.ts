import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetesProvider } from "../../../lab/plugins/kubernetes/provider.ts";
import { readKubeconfig } from "../../../lab/plugins/kubernetes/kubeconfig.ts";
import type { Properties } from "../../../lab/plugins/framework/properties.ts";
import { startHttpApi, type HttpApi } from "../httpApi.ts";
import { kubeconfigOf } from "../kubeconfig.ts";
import { secret } from "../pulumiSecret.ts";
import { rejection } from "../rejection.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";
import { startEngine, type Engine } from "./fixtures/engine.ts";

const namespaceType = "kubernetes:core/v1:Namespace";
const serviceType = "kubernetes:core/v1:Service";

describe("the core object stand-in", () => {
  const newDirectory = temporaryDirectories();
  let engine: Engine;
  let api: HttpApi;
  let objects: Map<string, Properties>;
  /** How many requests a deleted object still answers. */
  let finalizing: number;
  /** The conflict with which an update fails unless it is forced. */
  let conflict: string | undefined;

  beforeEach(async () => {
    objects = new Map();
    finalizing = 1;
    conflict = undefined;
    api = await startHttpApi(({ method, path, body, headers }) => {
      if (headers.authorization !== "Bearer let-me-in") return [401, { message: "Unauthorized" }];
      const key =
        method === "POST" ? `${path.replace(/\?.*/, "")}/${nameOf(body)}` : path.replace(/\?.*/, "");
      if (method === "POST" && objects.has(key)) {
        return [409, { kind: "Status", message: `namespaces "${nameOf(body)}" already exists` }];
      }
      if (method === "PATCH" && conflict !== undefined && !path.includes("force=true")) {
        return [409, { kind: "Status", message: `Apply failed with 1 conflict: ${conflict}` }];
      }
      if (method === "PATCH" || method === "POST")
        objects.set(key, { ...(body as Properties), status: { phase: "Active" } });
      const object = objects.get(key);
      if (!object) return [404, { kind: "Status", message: `${key} not found` }];
      if (method === "DELETE") object.deleted = true;
      if (object.deleted && finalizing-- === 0) objects.delete(key);
      return [200, object];
    });
    engine = await startEngine(kubernetesProvider("4.34.2"));
    await engine.configure({ kubeconfig: kubeconfigOf(api.url) });
  });
  afterEach(async () => {
    engine.stop();
    await api.stop();
  });

  it("has the type tokens of the SDK's classes", () => {
    expect(Reflect.get(Namespace, "__pulumiType")).to.equal(namespaceType);
    expect(Reflect.get(Service, "__pulumiType")).to.equal(serviceType);
  });

  it("generates a name for an object without one, and keeps it", async () => {
    const { inputs } = await engine.check(namespaceType, { kind: "Namespace" });
    const metadata = inputs.metadata as Properties;
    expect(metadata.name).to.match(/^photos-[0-9a-f]{8}$/);
    expect(metadata.annotations).to.deep.equal({ "pulumi.com/autonamed": "true" });
    const again = await engine.check(namespaceType, { kind: "Namespace" }, inputs);
    expect(again.inputs).to.deep.equal(inputs);
  });

  it("creates, updates and deletes a namespace, and waits until it no longer exists", async () => {
    const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps" } };
    const { id, state } = await engine.create(namespaceType, inputs);
    expect(id).to.equal("apps");
    expect(state).to.deep.include({ ...inputs, __inputs: secret(inputs), status: { phase: "Active" } });
    expect(api.requests.at(-1)).to.include({ method: "POST" });

    const news = { ...inputs, metadata: { name: "apps", labels: { a: "b" } } };
    expect((await engine.update(namespaceType, id, state, news)).metadata).to.deep.equal(news.metadata);
    expect(api.requests.at(-1)?.path).to.contain(`fieldManager=${String(state.__fieldManager)}`);
    expect(api.requests.at(-1)?.headers["content-type"]).to.equal("application/apply-patch+yaml");

    await engine.delete(namespaceType, id, state);
    expect(objects).to.be.empty;
    await engine.delete(namespaceType, id, state);
  });

  it("refuses to create an object that already exists", async () => {
    objects.set("/api/v1/namespaces/apps", { kind: "Namespace" });
    const error = await rejection(engine.create(namespaceType, { metadata: { name: "apps" } }));
    expect(error.message).to.contain('namespaces "apps" already exists');
  });

  it("resolves a field conflict with its own creation, and reports any other", async () => {
    const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps", labels: { a: "b" } } };
    const { id, state } = await engine.create(namespaceType, inputs);
    conflict = 'conflict with "pulumi-kubernetes" using v1: .metadata.labels.a';
    await engine.update(namespaceType, id, state, inputs);
    conflict = 'conflict with "kubectl-label" using v1: .metadata.labels.a';
    const error = await rejection(engine.update(namespaceType, id, state, inputs));
    expect(error.message)
      .to.contain("Server-Side Apply field conflict detected")
      .and.to.contain("kubectl-label");
  });

  it("detects changes by others only in fields that the program sets", async () => {
    const inputs = { metadata: { name: "apps", labels: { a: "b" } } };
    const live = { metadata: { name: "apps", uid: "1", labels: { a: "c", other: "x" } }, status: {} };
    const { changes } = await engine.diff(namespaceType, inputs, inputs, live);
    expect(changes).to.deep.equal(["metadata.labels.a: update"]);
  });

  it("replaces an object if its name changes", async () => {
    const { replaces } = await engine.diff(
      namespaceType,
      { metadata: { name: "a", labels: {} } },
      { metadata: { name: "b", labels: { c: "d" } } },
    );
    expect(replaces).to.deep.equal(["metadata.name"]);
  });

  it("reads a Service by namespace and name", async () => {
    const service = {
      kind: "Service",
      metadata: { name: "photos", namespace: "apps", uid: "1" },
      spec: { clusterIP: "10.43.0.7", ports: [{ port: 80 }] },
    };
    objects.set("/api/v1/namespaces/apps/services/photos", service);
    const found = await engine.read(serviceType, "apps/photos");
    expect(found.id).to.equal("apps/photos");
    expect(found.state).to.deep.include(service);
    expect(found.inputs).to.deep.equal({ ...service, metadata: { name: "photos", namespace: "apps" } });
    expect((await engine.read(serviceType, "apps/other")).id).to.equal("");
  });

  it("reports an unreachable cluster and a refused token", async () => {
    await engine.configure({ kubeconfig: kubeconfigOf(api.url, { token: "wrong" }) });
    expect((await rejection(engine.read(serviceType, "apps/photos"))).message).to.contain("Unauthorized");
    await engine.configure({ kubeconfig: kubeconfigOf("http://127.0.0.1:1") });
    const error = await rejection(engine.read(serviceType, "apps/photos"));
    expect(error.message).to.contain("configured Kubernetes cluster is unreachable");
  });

  it("gets credentials from the program that the kubeconfig names", async () => {
    const told = (answer: string, apiVersion = "client.authentication.k8s.io/v1") => {
      const exec = {
        apiVersion,
        command: "sh",
        args: ["-c", answer],
        env: [{ name: "WORD", value: "let-me-in" }],
      };
      return kubeconfigOf(api.url, { exec });
    };
    objects.set("/api/v1/namespaces/apps/services/photos", { kind: "Service" });
    const print = `printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$WORD"`;
    await engine.configure({ kubeconfig: told(`[ -n "$KUBERNETES_EXEC_INFO" ] && ${print}`) });
    expect((await engine.read(serviceType, "apps/photos")).id).to.equal("apps/photos");

    const refusals = {
      "executable sh failed with exit code 3": told("echo secret; exit 3"),
      "decoding stdout": told("echo secret"),
      "configured to use API version v1beta1": told(print, "v1beta1"),
    };
    for (const [reason, text] of Object.entries(refusals)) {
      await engine.configure({ kubeconfig: text });
      const { message } = await rejection(engine.read(serviceType, "apps/photos"));
      expect(message).to.contain(`getting credentials: `).and.to.contain(reason).and.not.to.contain("secret");
    }
  });

  it("looks for a credential program's relative path and for files from the kubeconfig's directory", async () => {
    const directory = newDirectory();
    const apiVersion = "client.authentication.k8s.io/v1";
    const told = JSON.stringify({ apiVersion, status: { token: "let-me-in" } });
    mkdirSync(join(directory, "bin"));
    writeFileSync(join(directory, "bin", "tell"), `#!/bin/sh\necho '${told}'\n`, { mode: 0o755 });
    writeFileSync(join(directory, "admin.crt"), "CRT");
    const user = { exec: { apiVersion, command: "bin/tell" }, "client-certificate": "admin.crt" };
    const access = await readKubeconfig({ text: kubeconfigOf(api.url, user), directory });
    expect(access.token).to.equal("let-me-in");
    expect(String(access.certificate)).to.equal("CRT");
  });

  it("reads certificates from a kubeconfig, and reports a missing context", async () => {
    const text = JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: "https://h:6443", "certificate-authority-data": "Q0E=" } }],
      users: [{ name: "u", user: { "client-certificate-data": "Q1JU", "client-key-data": "S0VZ" } }],
    });
    const access = await readKubeconfig({ text, directory: "/" });
    expect([access.ca, access.certificate, access.key].map(String)).to.deep.equal(["CA", "CRT", "KEY"]);
    expect((await rejection(readKubeconfig({ text, directory: "/" }, "other"))).message).to.contain(
      'the kubeconfig has no context "other"',
    );
  });
});

function nameOf(body: unknown): string {
  return (body as { metadata: { name: string } }).metadata.name;
}
