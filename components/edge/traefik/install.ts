import { shellCommand, shellQuote } from "../../host/quote.ts";
import { hostDirectory } from "../../names.ts";
import { traefikPaths } from "./unit.ts";

/** A release archive (`.tar.gz` with the program `traefik`) and its checksum. */
export interface TraefikRelease {
  /** URL that the edge downloads it from. */
  url: string;
  /** SHA-256 of the archive, in hexadecimal. */
  sha256: string;
}

const version = "3.7.12";
const official = (architecture: string, sha256: string): TraefikRelease => ({
  url: `https://github.com/traefik/traefik/releases/download/v${version}/traefik_v${version}_linux_${architecture}.tar.gz`,
  sha256,
});

/** The pinned release, by the edge's `uname -m`. */
export const defaultReleases: Record<string, TraefikRelease> = {
  x86_64: official("amd64", "c3b2634fc5421626641e2f4256108c08078a9b2662f649d770af78e5e5d729a2"),
  aarch64: official("arm64", "c8d942f80be27c76a55ff483927b36e3be5b0b88299a177ec0882a1fa1c24374"),
};

/** The checksum of the installed program's archive, so that it is downloaded once. */
const installedSum = `${hostDirectory}/traefik.sha256`;

/**
 * Shell text that installs the release's program, and sets `changed` to 1 if it was not installed.
 *
 * The archive is verified before use. The program is renamed into place, since a running one cannot be overwritten.
 * Only a regular file's content is read from the archive, so a link in it has no effect.
 */
export function installTraefik(release?: TraefikRelease): string {
  const choose = release
    ? assign(release)
    : [
        "case $(uname -m) in",
        ...Object.entries(defaultReleases).map(([machine, one]) => `${machine}) ${assign(one)} ;;`),
        '*) fail "EdgeNode: no Traefik release for $(uname -m) is known; set traefik: { url, sha256 }" ;;',
        "esac",
      ].join("\n");
  const binary = shellQuote(traefikPaths.binary);
  return `
${choose}
if ! [ -x ${binary} ] || [ "$(cat ${installedSum} 2>/dev/null)" != "$sha256" ]; then
  archive=$(mktemp -d)
  trap 'rm -rf "$archive"' EXIT
  if command -v curl >/dev/null; then
    curl -gfsSL --proto '=http,https' --retry 3 --connect-timeout 15 -o "$archive/traefik.tar.gz" "$url"
  else
    need wget=wget
    wget -q -t 3 -T 15 -O "$archive/traefik.tar.gz" "$url"
  fi || fail "EdgeNode: traefik.url: cannot download $url"
  printf '%s  %s\\n' "$sha256" "$archive/traefik.tar.gz" | sha256sum -c --quiet - ||
    fail "EdgeNode: traefik.sha256: $url does not match this checksum"
  tar -xzOf "$archive/traefik.tar.gz" traefik > "$archive/traefik" && [ -s "$archive/traefik" ] ||
    fail "EdgeNode: traefik.url: $url contains no file named traefik"
  install -m 0755 "$archive/traefik" ${binary}.new
  mv -f ${binary}.new ${binary}
  put ${installedSum} 0644 "$sha256"
  changed=1
fi`.trim();
}

/** Shell text that removes the program. */
export function uninstallTraefik(): string {
  return shellCommand("rm", "-f", traefikPaths.binary, installedSum);
}

function assign(release: TraefikRelease): string {
  return `url=${shellQuote(release.url)} sha256=${shellQuote(release.sha256)}`;
}
