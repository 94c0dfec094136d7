import { putFile } from "./files.ts";
import { shellCommand } from "./quote.ts";

/** One `[Section]` of a unit file: settings in order; a list becomes a line per value. */
export type UnitSection = Record<string, string | number | boolean | string[]>;

/** A unit file's text. Values are written unchanged: pass external text through {@link execArgument}. */
export function renderUnit(header: string, sections: Record<string, UnitSection>): string {
  const body = Object.entries(sections).map(([title, settings]) => {
    const lines = Object.entries(settings).flatMap(([key, value]) => {
      const values = Array.isArray(value) ? value : [value];
      return values.map((one) => `${key}=${settingText(key, one)}`);
    });
    return [`[${title}]`, ...lines].join("\n");
  });
  return `# ${header}\n${body.join("\n\n")}\n`;
}

/** A section's settings as arguments of `systemd-run`, which creates a transient unit for a process. */
export function transientProperties(section: UnitSection): string[] {
  return Object.entries(section).flatMap(([key, value]) =>
    [value].flat().map((one) => `--property=${key}=${settingText(key, one)}`),
  );
}

/** systemd writes booleans as yes and no; a line break would begin another setting. */
function settingText(key: string, value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = String(value);
  if (/[\n\r\0]/.test(text)) {
    throw new RangeError(`${key} in a systemd unit cannot contain a line break: ${JSON.stringify(text)}`);
  }
  return text;
}

/**
 * One argument of an `Exec…=` line: quoted, with systemd's `%` specifiers and `$` variables escaped.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 */
export function execArgument(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
  return /^[A-Za-z0-9_./:,=@+-]+$/.test(text) ? text : `"${escaped}"`;
}

/** Directory of the units that an administrator installs. */
export const unitDirectory = "/etc/systemd/system";

/** Path of a unit's file. */
export const unitPath = (unit: string) => `${unitDirectory}/${unit}`;

/**
 * Shell text that writes the unit's file, or fails if a foreign one exists. systemd reads it at the next
 * `daemon-reload`.
 */
export function putUnit(unit: string, text: string): string {
  return `${shellCommand("own_unit", unit)}\n${putFile(unitPath(unit), "0644", text)}`;
}

/** Shell text that stops, disables and removes these units, except foreign ones. */
export function removeUnits(...units: string[]): string {
  return shellCommand("remove_units", ...units);
}
