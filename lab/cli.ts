/** `npm run lab -- <command>`: the lab from a shell. `npm start` is its `up`. */
import { Command } from "commander";
import { execa, type Options } from "execa";
import { existsSync } from "node:fs";
import { publicUrls } from "./stackConfig.ts";
import { daemons, logFile } from "./daemon.ts";
import { engineEnvironment, workDir } from "./engine.ts";
import { acmeRoots } from "./internet.ts";
import { bootSteps, checkMachine, labStatus, provisionSteps, removeLab, stackStep } from "./lab.ts";
import { machineNames } from "./machines.ts";
import { runStack } from "./operator.ts";
import { paths, tool } from "./paths.ts";
import { renderPlan } from "../exposure/plan/render.ts";
import { runMain, runSteps } from "./progress.ts";
import { insideNetwork, sshCommand, type HostName } from "./run.ts";
import { withLock } from "./toolchain/lock.ts";
import { hosts } from "./topology.ts";

/** The command line names something that does not exist. */
class UsageError extends Error {
  override name = "UsageError";
}

const program = new Command("lab")
  .enablePositionalOptions()
  .description("A VPS, a home and the internet between them, on this machine");

program
  .command("up")
  .description("install what is missing, boot the hosts, bring the stack up; continues after an interruption")
  .option("--verbose", "show all output of the steps")
  .option("--without-stack", "boot the hosts, and leave the stack as it is")
  .action(
    async ({ verbose = false, withoutStack = false }: { verbose?: boolean; withoutStack?: boolean }) => {
      await checkMachine();
      const steps = [...provisionSteps(), ...bootSteps(), ...(withoutStack ? [] : [stackStep()])];
      await withLabLock(() => runSteps(steps, { verbose }));
      if (!withoutStack) console.log(`\n${welcome()}`);
    },
  );

program
  .command("status")
  .description("show which parts of the lab run")
  .action(() => {
    const parts = labStatus();
    for (const [name, running] of Object.entries(parts)) console.log(`${running ? "up  " : "down"}  ${name}`);
    if (!Object.values(parts).every(Boolean)) process.exitCode = 1;
  });

program
  .command("ssh")
  .description(`open a shell on a machine (${machineNames.join(", ")}), or run one command there`)
  .argument("<host>", "which machine", oneOf(machineNames))
  .argument("[command...]", "what to run instead of a shell")
  .passThroughOptions()
  .action((host: HostName, command: string[]) => hand(sshCommand(host, command)));

program
  .command("exec")
  .description("run a program of this machine in a host's network")
  .argument("<host>", Object.keys(hosts).join(", "), oneOf(Object.keys(hosts)))
  .argument("<command...>", "what to run")
  .passThroughOptions()
  .action((host: HostName, command: string[]) => hand(insideNetwork(host, command)));

program
  .command("plan")
  .description("show what `pulumi up` would open and close, and Pulumi's own preview below; changes nothing")
  .option("--markdown", "print Markdown, for a comment on a pull request")
  .action(async ({ markdown = false }: { markdown?: boolean }) => {
    const { plan } = await runStack({ operation: "plan" });
    if (plan) process.stdout.write(renderPlan(plan, { markdown }));
  });

program
  .command("pulumi")
  .description("run the Pulumi CLI on the lab's stack, in a network that reaches the hosts")
  .argument("[arguments...]", "such as: stack output urls")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (args: string[]) => {
    await hand(insideNetwork("laptop", [tool("pulumi"), ...args]), { cwd: workDir, env: engineEnvironment });
  });

program
  .command("logs")
  .description("print the log of one of the lab's programs; without a name, list the programs")
  .argument("[name]", "which program")
  .action(async (name?: string) => {
    if (name === undefined) console.log(daemons().join("\n"));
    else if (existsSync(logFile(name))) await hand(["cat", [logFile(name)]]);
    else throw new UsageError(`the lab has no program "${name}". Available: ${daemons().join(", ")}`);
  });

program
  .command("down")
  .description("stop everything and remove the lab, except for its caches")
  .action(async () => {
    await withLabLock(removeLab);
    console.log("The lab has been removed. `npm start` creates a new one.");
  });

await runMain(() => program.parseAsync());

/** Only one command at a time creates or removes a lab. */
function withLabLock<T>(body: () => Promise<T>): Promise<T> {
  return withLock(paths.lock, { report: console.error }, body);
}

function oneOf(names: readonly string[]): (value: string) => string {
  return (value) => {
    if (names.includes(value)) return value;
    throw new UsageError(`the lab has no host "${value}". Available: ${names.join(", ")}`);
  };
}

/** Gives the terminal to a program, and its exit code to our caller. */
async function hand([command, args]: [string, string[]], options: Options = {}): Promise<void> {
  const { exitCode } = await execa(command, args, { ...options, stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 1;
}

function welcome(): string {
  const urls = publicUrls();
  const [first] = urls;
  return [
    "The lab is up. Open an app like any client on its internet:",
    ...(first ? [`  npm run lab -- exec client curl --cacert ${acmeRoots} ${first}/get`] : []),
    "",
    ...urls.map((url) => `  ${url}`),
    "",
    "Look around:  npm run lab -- ssh vps     npm run lab -- status     npm run lab -- down",
  ].join("\n");
}
