/**
 * Shell functions about the owner of a listening port. `inode_of ADDRESS:PORT` prints the inodes of TCP sockets that
 * listen exactly there. `holder_of INODE` prints the id of a process with that socket; 1 if systemd has it too.
 * `held_by_systemd ADDRESS:PORT` is true if systemd has one of the sockets. Processes are identified by id, not by
 * name: a process chooses its name, which may contain a line break and a forged list.
 */
export const portHolder = `
inode_of() {
  # Only the first such field: later ones contain names that users choose.
  ss -Hltne "sport = :\${1##*:}" | awk -v at="$1" '$4 == at {
    for (i = 6; i <= NF; i++) if ($i ~ /^ino:/) { print substr($i, 5); break }
  }'
}
holder_of() {
  # Process 1 comes first, so a socket that systemd shares is reported as systemd's.
  found=$(find /proc/1/fd /proc/[0-9]*/fd -lname "socket:\\[$1\\]" 2>/dev/null | head -n 1) || true
  found=\${found#/proc/}
  printf '%s' "\${found%%/*}"
}
held_by_systemd() {
  for inode in $(inode_of "$1"); do
    if [ "$(holder_of "$inode")" = 1 ]; then return 0; fi
  done
  return 1
}`.trim();
