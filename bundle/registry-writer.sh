#!/usr/bin/env bash
# The host's side of a push: a registry that can be written to, for as long as somebody is on standard input.
#
#   registry-writer.sh SHA256 SIZE
#
# SHA256 and SIZE are those of the registry's program. Prints "need" when the host has another one, and then reads SIZE
# bytes; prints "ready" when the registry answers on 127.0.0.1:5001, and ends it when standard input ends.
set -euo pipefail

readonly PROGRAM=/usr/local/bin/registry STORAGE=/var/lib/appliance/registry UNIT=appliance-registry-writer
# Longer than any push; a writer whose pusher vanished without a word ends by itself.
readonly LIMIT=3600
readonly sha=$1 size=$2

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

same() { sha256sum --status -c <<<"$sha  $1" 2>/dev/null; }

mkdir -p "$STORAGE"
exec 9>"$STORAGE.lock"
if ! flock -n 9; then
  echo "another push to this host is under way; waiting for it" >&2
  flock -w "$LIMIT" 9 || die "another push has held $STORAGE.lock for $LIMIT s. End it (fuser $STORAGE.lock) and run again."
fi

if ! same "$PROGRAM"; then
  echo need
  head -c "$size" >"$PROGRAM.new"
  same "$PROGRAM.new" || die "$PROGRAM.new arrived with other bytes than were sent. Run the push again."
  chmod 0755 "$PROGRAM.new"
  mv -f "$PROGRAM.new" "$PROGRAM"
fi

# What a killed push left behind.
systemctl stop "$UNIT.service" 2>/dev/null || true
systemctl reset-failed "$UNIT.service" 2>/dev/null || true
trap 'systemctl stop "$UNIT.service" 2>/dev/null || true' EXIT
cat >"/run/$UNIT.yaml" <<EOF
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $STORAGE}}
http: {addr: "127.0.0.1:5001", relativeurls: true}
EOF
systemd-run --quiet --collect --unit="$UNIT" --property="RuntimeMaxSec=$LIMIT" --setenv=OTEL_TRACES_EXPORTER=none \
  "$PROGRAM" serve "/run/$UNIT.yaml"

deadline=$((SECONDS + 30))
until (exec 3<>/dev/tcp/127.0.0.1/5001) 2>/dev/null; do
  systemctl is-active --quiet "$UNIT.service" || die "$UNIT ended at once. See journalctl -u $UNIT."
  ((SECONDS < deadline)) || die "$UNIT did not listen on 127.0.0.1:5001 within 30 s. See journalctl -u $UNIT."
  sleep 0.1
done
echo ready
timeout "$LIMIT" cat >/dev/null || true
