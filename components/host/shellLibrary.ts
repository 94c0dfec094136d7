import { signature } from "./signature.ts";
import { unitDirectory } from "./systemdUnit.ts";

/**
 * Functions at the start of every remote script, in POSIX shell. Previews show this text, so names describe themselves.
 *
 * - `fail TEXT`, `warn TEXT`: print a message of one line that names its sender; `fail` ends the script. Control
 *   characters are removed: process names and the like may contain them, and a terminal would obey.
 * - `put FILE MODE TEXT`: makes FILE hold TEXT and a newline. It is written under a temporary name that readers of the
 *   directory ignore, then renamed. A file that is already correct stays; otherwise `changed` becomes 1.
 * - `finish`: marks the script as completed. If a script was interrupted between a file and the restart that it
 *   requires, its next run starts with `changed` at 1. A reboot clears this mark, and restarts everything.
 * - `run_as USER COMMAND…`: runs a command without root's rights; it is killed after half a minute.
 * - `env_set FILE OWNER KEY LINE`, `env_unset FILE OWNER KEY`: set or remove the line of FILE for KEY. The owner may
 *   put a link or a FIFO there at any moment, so only the owner's rights are used.
 * - `env_unset_elsewhere FILE NAME KEY`: removes KEY from other users' files of that name. A failure is only a warning:
 *   no other user may stop the script.
 * - `need PROGRAM=PACKAGE…`: installs the packages of missing programs (Debian, Ubuntu). It waits five minutes for
 *   other users of apt, such as a fresh host's first updates.
 * - `ufw_only COMMENT RULE…`: makes these the only firewall rules with COMMENT; each RULE says `allow`. UFW replaces a
 *   rule with different options for the same connections (`limit`, `deny`, `log`, a comment). So a foreign one stays,
 *   and ours is not added. New rules are added before old ones are removed, in case the script is interrupted.
 * - `foreign_unit UNIT` prints the file of a unit that this program did not write, judging by its first line.
 *   `own_unit UNIT` fails on such a unit; `remove_units UNIT…` warns of it, and removes all others.
 * - `within SECONDS COMMAND…`: runs COMMAND once a second until it succeeds, and is then true.
 */
export const shellLibrary = `
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022
: "\${unfinished:=/dev/null/nowhere}"
changed=0
if [ -e "$unfinished" ]; then changed=1; fi
warn() {
  printf 'mynodeone: %s\\n' "$(printf '%s' "$*" | tr '\\000-\\037\\177' '?' | sed 's/\\xc2[\\x80-\\x9f]/?/g')" >&2
}
fail() { warn "$*"; exit 1; }
put() {
  mkdir -p "\${1%/*}"
  rm -f "\${1%/*}"/.mynodeone.??????????
  put_new=$(mktemp "\${1%/*}/.mynodeone.XXXXXXXXXX")
  printf '%s\\n' "$3" > "$put_new"
  chmod "$2" "$put_new"
  if cmp -s "$put_new" "$1"; then
    rm -f "$put_new"
    chmod "$2" "$1"
  else
    (umask 077; mkdir -p "\${unfinished%/*}" && : > "$unfinished") 2>/dev/null || true
    mv -f "$put_new" "$1"
    changed=1
  fi
}
finish() {
  rm -f "$unfinished"
  rmdir "\${unfinished%/*}" 2>/dev/null || true
}
run_as() {
  run_user=$1
  shift
  timeout -s KILL "\${run_patience:-30}" setpriv --clear-groups \\
    --reuid "$(id -u "$run_user")" --regid "$(id -g "$run_user")" "$@" </dev/null
}
env_program='
old=
if [ -f "$1" ]; then old=$(grep "^$2=" "$1" || [ $? -eq 1 ]); fi
if [ "$old" = "$3" ]; then exit 0; fi
directory=\${1%/*}
rm -f "$directory"/.mynodeone.??????????
[ -d "$directory" ] || mkdir "$directory"
new=$(mktemp "$directory/.mynodeone.XXXXXXXXXX")
if [ -f "$1" ]; then grep -v "^$2=" "$1" > "$new" || [ $? -eq 1 ]; fi
if [ -n "$3" ]; then printf "%s\\n" "$3" >> "$new"; fi
if [ -s "$new" ]; then
  chmod 0644 "$new"
  mv -f "$new" "$1"
else
  rm -f "$new" "$1"
  rmdir "$directory" 2>/dev/null || true
fi
'
env_write() { run_as "$2" sh -euc "$env_program" "$0" "$1" "$3" "$4"; }
env_set() {
  env_write "$@" || fail "$0: $1 cannot be written as the user $2; the reason is above. Fix it on the host, and run again."
}
env_unset() { if [ -e "$1" ]; then env_set "$1" "$2" "$3" ''; fi; }
env_unset_elsewhere() {
  getent passwd | while IFS=: read -r env_user env_x env_x env_x env_x env_home env_x; do
    env_other=$env_home/.mynodeone/$2
    if [ "$env_other" = "$1" ] || [ -L "$env_other" ] || [ ! -f "$env_other" ]; then continue; fi
    env_write "$env_other" "$env_user" "$3" '' >/dev/null 2>&1 ||
      warn "$0: $3 may still be set in $env_other, which cannot be written as its user $env_user"
  done
}
need() {
  need_packages=
  for need_pair in "$@"; do
    command -v "\${need_pair%%=*}" >/dev/null || need_packages="$need_packages \${need_pair#*=}"
  done
  if [ -z "$need_packages" ]; then return 0; fi
  export DEBIAN_FRONTEND=noninteractive
  apt_get update
  # Whether to remove a conflicting package is the user's decision: the host check names it.
  apt_get install -y --no-remove --no-install-recommends $need_packages
}
apt_get() {
  apt_left=\${apt_patience:-300}
  until apt_said=$(apt-get -q "$@" </dev/null 2>&1); do
    apt_user=$(printf '%s' "$apt_said" | sed -n 's/.*is held by \\(process [^.]*\\).*/\\1/p' | head -n 1)
    case $apt_said in
      *'Could not get lock'* | *'Unable to lock'* | *'Unable to acquire'*) ;;
      *)
        printf '%s\\n' "$apt_said" >&2
        fail "$0: cannot install$need_packages; apt's own message is above. Try it on the host: apt-get install$need_packages"
        ;;
    esac
    if [ "$apt_left" -le 0 ]; then
      fail "$0: cannot install$need_packages: apt is in use by \${apt_user:-another process}. Wait until it is done, or end it, and run again."
    fi
    if [ "$apt_left" -eq "\${apt_patience:-300}" ]; then
      warn "$0: waiting for \${apt_user:-another process}, which uses apt"
    fi
    apt_left=$((apt_left - 10))
    sleep 10
  done
}
ufw_only() {
  ufw_comment=$1
  shift
  ufw_present=$(ufw show added | sed -nE "s/ comment '.*'$//; s/ log(-all)? / /; s/^ufw (route )?(allow|limit|deny|reject) /\\1allow /p")
  for ufw_wanted in "$@"; do
    case "
$ufw_present
" in
      *"
$ufw_wanted
"*) ;;
      *) ufw $ufw_wanted comment "$ufw_comment" </dev/null ;;
    esac
  done
  ufw show added | sed -nE "s/^ufw ((route )?allow .*) comment '$ufw_comment'$/\\1/p" | while IFS= read -r ufw_rule; do
    ufw_keep=
    for ufw_wanted in "$@"; do
      if [ "$ufw_rule" = "$ufw_wanted" ]; then ufw_keep=1; fi
    done
    if [ -z "$ufw_keep" ]; then
      case $ufw_rule in
        *' log '* | *' log-all '*) ;;
        'route '*) ufw route delete \${ufw_rule#route } ;;
        *) ufw delete $ufw_rule ;;
      esac </dev/null
    fi
  done
}
foreign_unit() {
  unit_file=$(systemctl show --property FragmentPath --value "$1" 2>/dev/null) || unit_file=
  if [ -z "$unit_file" ]; then unit_file=\${unit_directory:-${unitDirectory}}/$1; fi
  if [ -e "$unit_file" ] && ! head -n 1 "$unit_file" | grep -qF '${signature}'; then printf '%s\\n' "$unit_file"; fi
}
own_unit() {
  unit_stranger=$(foreign_unit "$1")
  if [ -n "$unit_stranger" ]; then
    fail "$0: $unit_stranger was not written by this program, and is not overwritten. Remove it, if nobody needs it: sudo systemctl disable --now $1 && sudo rm $unit_stranger"
  fi
}
remove_units() {
  unit_removed=
  for unit_name in "$@"; do
    unit_stranger=$(foreign_unit "$unit_name")
    if [ -n "$unit_stranger" ]; then
      warn "$0: $unit_stranger was not written by this program, and stays"
      continue
    fi
    systemctl disable --now --quiet "$unit_name" 2>/dev/null || true
    rm -f "\${unit_directory:-${unitDirectory}}/$unit_name"
    unit_removed="$unit_removed $unit_name"
  done
  systemctl daemon-reload
  # A unit that failed, perhaps while it stopped, would be listed until the next boot.
  for unit_name in $unit_removed; do systemctl reset-failed "$unit_name" 2>/dev/null || true; done
}
within() {
  within_left=$1
  shift
  until "$@"; do
    within_left=$((within_left - 1))
    if [ "$within_left" -le 0 ]; then return 1; fi
    sleep 1
  done
}
`.trim();
