/**
 * Shell text: `inode_of ADDRESS:PORT` prints the inodes of the TCP sockets that listen exactly there, and
 * `held_by_systemd ADDRESS:PORT` is true if one of them is systemd's own: process 1 holds it, whatever other processes
 * that it was handed to call themselves.
 */
export const heldBySystemd = `
inode_of() {
  # The first such field: what comes after it has names in it that users choose.
  ss -Hltne "sport = :\${1##*:}" | awk -v at="$1" '$4 == at {
    for (i = 6; i <= NF; i++) if ($i ~ /^ino:/) { print substr($i, 5); break }
  }'
}
inode_of_systemd() { find /proc/1/fd -lname "socket:\\[$1\\]" 2>/dev/null | grep -q .; }
held_by_systemd() {
  for inode in $(inode_of "$1"); do
    if inode_of_systemd "$inode"; then return 0; fi
  done
  return 1
}`.trim();
