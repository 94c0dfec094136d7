import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../lab/paths.ts";
import { packageOf } from "../../lab/plugins/install.ts";
import { processIds } from "../../lab/process.ts";
import { run, ssh, type HostName } from "../../lab/run.ts";

/** A text that reveals a secret wherever it occurs. */
export interface Needle {
  /** The name of the secret. */
  name: string;
  text: string;
}

/** A secret that was found, and its place: a path, a process, or anything else with a name. */
export interface Finding {
  name: string;
  place: string;
}

/** Shorter texts cannot be distinguished from other text. */
const shortest = 16;

/** The texts to search for: each line of a secret, and its base64 form at any offset in a longer text. */
export function needlesOf(name: string, secret: string): Needle[] {
  const lines = secret.split("\n").filter((line) => line.length >= shortest && !line.startsWith("-----"));
  const encoded = lines.flatMap((line) =>
    // The first and the last group depend on the surrounding text.
    [0, 1, 2].map((shift) =>
      Buffer.from(" ".repeat(shift) + line)
        .toString("base64")
        .slice(4, -4),
    ),
  );
  return [...lines, ...encoded].map((text) => ({ name, text }));
}

export function search(text: string, place: string, needles: readonly Needle[]): Finding[] {
  return unique(needles.filter((needle) => text.includes(needle.text)).map(({ name }) => ({ name, place })));
}

const grep = "grep --text --only-matching --with-filename --null --fixed-strings --file=- --devices=skip";

/** All files of this machine below the paths. */
export async function searchFiles(at: readonly string[], needles: readonly Needle[]): Promise<Finding[]> {
  const output = await run("sh", ["-c", `${grep} --recursive "$@"`, "grep", ...at], {
    input: patterns(needles),
    env: { LC_ALL: "C" },
    // Nothing was found, or a file has disappeared meanwhile. If all were missing, the tests' control would fail.
    reject: false,
  });
  return findingsOf(output, needles);
}

/** Everything that a machine stores: the files that differ from its image, those in memory, and its journal. */
export async function searchMachine(host: HostName, needles: readonly Needle[]): Promise<Finding[]> {
  const disk = join(paths.lab, "machines", host, "upper");
  const onDisk = await searchFiles([disk], needles);
  const inMemory = await ssh(host, `sudo env LC_ALL=C ${grep} --recursive /run /tmp /dev/shm`, {
    // Passed on standard input, so that they appear in no process list and no journal.
    input: patterns(needles),
    reject: false,
  });
  const journal = await ssh(host, "sudo journalctl --no-pager --all --output=export", { maxBuffer: 1e9 });
  return [
    ...onDisk.map(({ name, place }) => ({ name, place: `${host}:${place.slice(disk.length)}` })),
    ...findingsOf(inMemory, needles).map(({ name, place }) => ({ name, place: `${host}:${place}` })),
    ...search(journal, `${host}: journal`, needles),
  ];
}

/** A watch over the arguments and environments of all processes. */
export interface ProcessWatch {
  /** The number of processes examined. */
  seen: () => number;
  found: () => Finding[];
  stop: () => void;
}

/**
 * Examines all processes of this machine, including those of the lab's hosts, until it is stopped: each one as soon as
 * it exists, and again from time to time, since it may execute another program.
 */
export function watchProcesses(needles: readonly Needle[]): ProcessWatch {
  const looks = new Map<number, number>();
  const findings: Finding[] = [];
  let round = 0;
  const look = () => {
    round += 1;
    for (const pid of processIds()) {
      const before = looks.get(pid) ?? 0;
      if (before >= 4 && (pid + round) % 50 > 0) continue;
      looks.set(pid, before + 1);
      const cmdline = contentOf(`/proc/${pid}/cmdline`);
      const environ = contentOf(`/proc/${pid}/environ`);
      for (const [part, text] of Object.entries({ cmdline, environ })) {
        if (!needles.some((needle) => text.includes(needle.text))) continue;
        // While a process executes another program, it has no arguments for a moment.
        const program = programOf(pid, contentOf(`/proc/${pid}/cmdline`) || cmdline);
        findings.push(...search(text, `${program}: ${part}`, needles));
      }
    }
  };
  const timer = setInterval(look, 10);
  return {
    seen: () => looks.size,
    found: () => unique(findings),
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** The program of a process; a provider plugin, official or stand-in, is named by its package. */
function programOf(pid: number, commandLine: string): string {
  const plugin = packageOf(commandLine);
  if (plugin !== undefined) return `${plugin} plugin`;
  return contentOf(`/proc/${pid}/comm`).trim();
}

/** A process may have ended by now. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function patterns(needles: readonly Needle[]): string {
  return needles.map(({ text }) => text).join("\n");
}

/** Parses grep's output: file name, NUL and match in each line. */
function findingsOf(output: string, needles: readonly Needle[]): Finding[] {
  return unique(
    output.split("\n").flatMap((line) => {
      const [place = "", match] = line.split("\0");
      return needles.filter(({ text }) => text === match).map(({ name }) => ({ name, place }));
    }),
  );
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((found) => [`${found.name}\0${found.place}`, found])).values()];
}
