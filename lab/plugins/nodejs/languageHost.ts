import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import type { RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { exitAfterEngine } from "../framework/server.ts";
import { pluginVersion } from "../framework/version.ts";

/**
 * Starts a program or a policy pack for the engine when a user types `pulumi up`. The SDK's own modules run both, as
 * with the official host. The Automation API's inline programs need no language host.
 *
 * The official host is also a proxy between program and engine, for synchronous calls of older SDKs. This SDK makes
 * none.
 *
 * https://github.com/pulumi/pulumi/tree/master/sdk/nodejs/cmd/pulumi-language-nodejs
 */
export function runLanguageHost(): void {
  const engineAddress = process.argv[2] ?? "";
  const server = new Server();
  server.addService(languageService.LanguageRuntimeService, handlers(engineAddress));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
  });
  // A program notices by itself when its engine has ended.
  exitAfterEngine(process.ppid, () => true);
}

/** The exit code of the SDK's module after it has printed the user's error. */
const alreadyTold = 32;

function handlers(engineAddress: string) {
  const run: handleUnaryCall<RunRequest, unknown> = (call, callback) => {
    runProgram(call.request, engineAddress).then((response) => {
      callback(null, response);
    }, callback);
  };
  const runPlugin: handleServerStreamingCall<RunPluginRequest, unknown> = (call) => {
    const child = startPlugin(call.request);
    const send = (fill: (response: InstanceType<typeof languageMessages.RunPluginResponse>) => void) => {
      const response = new languageMessages.RunPluginResponse();
      fill(response);
      call.write(response);
    };
    child.stdout.on("data", (bytes: Buffer) => {
      send((response) => {
        response.setStdout(bytes);
      });
    });
    child.stderr.on("data", (bytes: Buffer) => {
      send((response) => {
        response.setStderr(bytes);
      });
    });
    child.on("close", (code) => {
      send((response) => {
        response.setExitcode(code ?? 1);
      });
      call.end();
    });
    call.on("cancelled", () => child.kill());
  };
  return {
    run,
    runPlugin,
    getPluginInfo: answer(() => {
      const info = new pluginMessages.PluginInfo();
      info.setVersion(pluginVersion());
      return info;
    }),
    // Each resource names the version of its provider.
    getRequiredPackages: answer(() => new languageMessages.GetRequiredPackagesResponse()),
  };
}

function answer(make: () => unknown): handleUnaryCall<unknown, unknown> {
  return (_call, callback) => {
    callback(null, make());
  };
}

async function runProgram(request: RunRequest, engineAddress: string) {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory(),
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  const args = [
    sdkModule("run", directory),
    ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
  const typescript = info?.getOptions()?.toJavaScript().typescript !== false;
  const child = spawn("node", args, {
    stdio: "inherit",
    env: {
      ...process.env,
      ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const [code] = (await once(child, "exit")) as [number | null];
  const response = new languageMessages.RunResponse();
  if (code === alreadyTold) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}

/** A policy pack, which serves the engine directly, at the port that it prints. */
function startPlugin(request: RunPluginRequest) {
  if (request.getKind() !== "analyzer")
    throw new Error(`the stand-in host does not support ${request.getKind()}`);
  const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const env = Object.fromEntries(
    request.getEnvList().map((line) => line.split(/=(.*)/s) as [string, string]),
  );
  return spawn("node", [sdkModule("run-policy-pack", directory), ...request.getArgsList(), directory], {
    cwd: directory,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The SDK in the program's own dependencies. */
function sdkModule(name: "run" | "run-policy-pack", directory: string): string {
  return createRequire(join(directory, "package.json")).resolve(`@pulumi/pulumi/cmd/${name}`);
}
