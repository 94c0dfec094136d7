import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../lab/paths.ts";
import { packageOf } from "../../lab/plugins/install.ts";
import { processIds } from "../../lab/process.ts";
import { run, ssh, type HostName } from "../../lab/run.ts";

/** A text that gives a secret away wherever it stands. */
export interface Needle {
  /** Of which secret. */
  name: string;
  text: string;
}

/** A secret that was found, and where: a path, a process, or whatever else has a name. */
export interface Finding {
  name: string;
  place: string;
}

/** What is shorter cannot be told from other text. */
const shortest = 16;

/** What to search for: each line of a secret, and what base64 makes of it, wherever in another text it begins. */
export function needlesOf(name: string, secret: string): Needle[] {
  const lines = secret.split("\n").filter((line) => line.length >= shortest && !line.startsWith("-----"));
  const encoded = lines.flatMap((line) =>
    // The first and the last group depend on what stands around.
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
    // Nothing found, or a file that went away meanwhile; without one that is there the tests' control fails.
    reject: false,
  });
  return findingsOf(output, needles);
}

/** What a machine keeps: the files that differ from its image, those in memory, and its journal. */
export async function searchMachine(host: HostName, needles: readonly Needle[]): Promise<Finding[]> {
  const disk = join(paths.lab, "machines", host, "upper");
  const onDisk = await searchFiles([disk], needles);
  const inMemory = await ssh(host, `sudo env LC_ALL=C ${grep} --recursive /run /tmp /dev/shm`, {
    // By standard input, where no process list and no journal sees them.
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
  /** How many processes were looked at. */
  seen: () => number;
  found: () => Finding[];
  stop: () => void;
}

/**
 * Looks at all processes of this machine, those of the lab's hosts among them, until it is stopped: at each as soon
 * as it is there, and again from time to time, as it may become another program.
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
        // It may have become another program meanwhile, which has no arguments for a moment.
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

/** What a process runs; a provider plugin by its package, whether it is the official one or stands in. */
function programOf(pid: number, commandLine: string): string {
  const plugin = packageOf(commandLine);
  if (plugin !== undefined) return `${plugin} plugin`;
  return contentOf(`/proc/${pid}/comm`).trim();
}

/** A process may be gone by now. */
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

/** From what grep prints, which is file name, NUL and match by the line. */
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
