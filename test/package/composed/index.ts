import { Config } from "@pulumi/pulumi";
import { ControlPlane, DnsRecord, EdgeNode, SocatProxy, VpsRoute } from "mynodeone";
import type { ControlPlaneArgs, EdgeNodeArgs } from "mynodeone";

const config = new Config();
const privateKey = config.requireSecret("sshPrivateKey");
const { ssh: edgeSsh, ...vps } = config.requireObject<EdgeNodeArgs>("edge");
const edge = new EdgeNode("edge", { ...vps, ssh: { ...edgeSsh, privateKey } });
const { ssh, ...home } = config.requireObject<ControlPlaneArgs>("home");
const controlPlane = new ControlPlane("home", { ...home, ssh: { ...ssh, privateKey } });

const service = { namespace: "default", name: "kubernetes", port: 443, scheme: "https" as const };
const proxy = new SocatProxy("api", { controlPlane, service, hostNetwork: true, port: 8091, allow: [edge] });
const zoneId = config.require("zoneId");
const record = new DnsRecord("api", { zoneId, name: config.require("host"), address: edge.publicIp });
const route = { edge, hosts: [record.name], backend: proxy.url, proxy };
new VpsRoute("api", route, { dependsOn: record });

export const backend = proxy.url;
