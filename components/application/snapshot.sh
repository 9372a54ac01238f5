#!/bin/sh
# The snapshot container's program. It runs beside the application's own containers and in Jobs, with BusyBox and restic.
#
#   serve             waits, and makes snapshots when SNAPSHOT_SCHEDULE says so (default)
#   backup            makes one of each claim in SNAPSHOT_CLAIMS ("claim=/snapshot/volume …"; SNAPSHOT_ONLY names the few
#                     that are meant, if not all), and lets go of those that SNAPSHOT_KEEP (options of restic) does not keep;
#                     another one at work is waited for, SNAPSHOT_TURN seconds at most
#   initialise        makes the repository where there is none, and writes down whose it is
#   list              prints the snapshots of this appliance as restic's JSON
#   restore ID PATH   brings what stands below PATH to what it was in a snapshot, and reads it again
#
# Repository, password and keys are in restic's own variables. SNAPSHOT_APPLIANCE is whose they are: every snapshot has it for its
# host, and a repository with snapshots of somebody else is not touched.
set -eu
umask 077

program=${SNAPSHOT_PROGRAM:-/program}
scratch=${RESTIC_CACHE_DIR:?}
patience=${SNAPSHOT_PATIENCE:-120}
hook_limit=300
lock_wait=15m
export TMPDIR="$scratch"

say() { printf 'snapshots: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# restic in the background, so that a signal to this shell is heard while it works.
run_restic() {
  restic --retry-lock "$lock_wait" "$@" &
  echo "$!" >"$scratch/restic.pid"
  wait "$!"
}

# Leaves restic's list in $list. What does not open, or holds snapshots of another appliance, is not ours.
look() {
  code=0
  list=$(timeout "$patience" restic snapshots --no-lock --json 2>"$scratch/error") || code=$?
  if [ "$code" -ne 0 ]; then
    # Without its bucket it asks again and again, until it is told to stop.
    ! grep -q 'bucket does not exist' "$scratch/error" || code=10
    ! grep -q 'context canceled' "$scratch/error" || [ "$code" -eq 10 ] || code=124
  fi
  case $code in
    0) ;;
    10) return 10 ;;
    12)
      die "the repository $RESTIC_REPOSITORY is another's: the password of $SNAPSHOT_APPLIANCE does not open it." \
        "Give each appliance a repository of its own (snapshots.repository)."
      ;;
    124 | 143)
      die "the repository $RESTIC_REPOSITORY gives no answer within $patience s. See whether it can be reached from pods" \
        "of the namespace $POD_NAMESPACE."
      ;;
    *) die "the repository $RESTIC_REPOSITORY cannot be read: $(last_words)" ;;
  esac
  other=$(echo "$list" | grep -o '"hostname":"[^"]*"' | cut -d '"' -f 4 | grep -vxF "$SNAPSHOT_APPLIANCE" | head -n 1) || true
  [ -z "$other" ] || die "the repository $RESTIC_REPOSITORY holds snapshots of $other, and this is $SNAPSHOT_APPLIANCE." \
    "Give each appliance a repository of its own (snapshots.repository)."
}

# What restic says last, which is JSON if its answer would have been, and may end with an empty line.
last_words() { grep . "$scratch/error" | tail -n 1 | sed 's/.*"message":"\([^"]*\)".*/\1/' | cut -c 1-300; }

owned() {
  look || die "there is no repository at $RESTIC_REPOSITORY, or not any more. make snapshot makes it anew, empty."
}

initialise() {
  # It makes the bucket too, and touches nothing that is there.
  if timeout "$patience" restic init --quiet 2>"$scratch/error" >&2; then
    say "made the repository $RESTIC_REPOSITORY"
  elif ! grep -q 'already' "$scratch/error"; then
    die "the repository $RESTIC_REPOSITORY cannot be made: $(last_words)"
  fi
  owned
  case $list in
    *"\"hostname\":\"$SNAPSHOT_APPLIANCE\""*) ;;
    *)
      # Nothing may be in it yet, and still it is ours.
      echo "$SNAPSHOT_APPLIANCE" |
        restic --retry-lock "$lock_wait" backup --quiet --host "$SNAPSHOT_APPLIANCE" --tag owner --stdin --stdin-filename owner
      # Two that came at the same time both see it now.
      owned
      ;;
  esac
  say "$RESTIC_REPOSITORY is the repository of $SNAPSHOT_APPLIANCE"
}

backup() {
  left=${SNAPSHOT_TURN:-600}
  until mkdir "$scratch/running" 2>/dev/null; do
    [ "$left" -gt 0 ] || die "a snapshot is being made in this pod already; make snapshots shows it when it is done"
    left=$((left - 1))
    sleep 1
  done
  trap finish EXIT
  owned
  # A restic that was killed left its lock; only those that nobody holds any more are taken away.
  restic unlock >&2
  if [ -r "$program/before.sh" ]; then
    timeout "$hook_limit" sh "$program/before.sh" >&2 ||
      die "the hook snapshots.hooks.before failed (code $?, after at most $hook_limit s), so there is no snapshot"
  fi
  missed=
  for pair in $SNAPSHOT_CLAIMS; do
    if wanted "${pair%%=*}"; then
      backup_claim "${pair%%=*}" "${pair#*=}" || missed="$missed ${pair%%=*}"
    fi
  done
  [ -z "$missed" ] || die "not all is well with the snapshots of:$missed; restic says above why"
}

finish() {
  code=$?
  trap - EXIT
  rmdir "$scratch/running"
  if [ -r "$program/after.sh" ]; then
    timeout "$hook_limit" sh "$program/after.sh" >&2 || {
      say "the hook snapshots.hooks.after failed (code $?, after at most $hook_limit s)"
      code=1
    }
  fi
  exit "$code"
}

# wanted CLAIM
wanted() {
  case " ${SNAPSHOT_ONLY:-$1} " in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

# backup_claim CLAIM PATH. What stayed the same since the claim's last snapshot is not read again.
backup_claim() {
  parent=$(restic snapshots --no-lock --json --latest 1 --host "$SNAPSHOT_APPLIANCE" --tag "claim=$1,namespace=$POD_NAMESPACE" |
    grep -o '"id":"[0-9a-f]*"' | tail -n 1 | cut -d '"' -f 4) || true
  code=0
  run_restic backup --host "$SNAPSHOT_APPLIANCE" --tag "claim=$1" --tag "namespace=$POD_NAMESPACE" --tag "pod=$POD_NAME" \
    ${parent:+--parent "$parent"} "$2" || code=$?
  case $code in
    0) say "there is a snapshot of $1" ;;
    3) say "there is a snapshot of $1 without the files that could not be read" ;;
    *)
      say "there is no snapshot of $1 (restic ended with $code)"
      return 1
      ;;
  esac
  # The options stand in one variable.
  # shellcheck disable=SC2086
  run_restic forget --quiet --host "$SNAPSHOT_APPLIANCE" --tag "claim=$1,namespace=$POD_NAMESPACE" --group-by host --prune \
    $SNAPSHOT_KEEP || {
    say "old snapshots of $1 stay for now (restic ended with $?)"
    return 1
  }
  [ "$code" -eq 0 ]
}

list() {
  owned
  echo "$list"
}

# restore ID PATH. The claim is mounted at PATH, below the directory that restic writes into.
restore() {
  owned
  run_restic restore "$1:${2%/*}" --target "${2%/*}" --include "/${2##*/}" --delete --verify
}

serve() {
  # Left by a container that was killed.
  rm -rf "$scratch/running" "$scratch/restic.pid"
  mkdir -p "$scratch/crontabs"
  # What jobs print goes where this prints. One that is late makes room for the next.
  echo "$SNAPSHOT_SCHEDULE SNAPSHOT_TURN=0 /bin/sh $program/snapshot.sh backup >/proc/$$/fd/1 2>/proc/$$/fd/2" >"$scratch/crontabs/root"
  trap stop TERM INT
  crond -f -l 8 -L "/proc/$$/fd/2" -c "$scratch/crontabs" &
  crond=$!
  say "snapshots of $SNAPSHOT_CLAIMS go to $RESTIC_REPOSITORY at $SNAPSHOT_SCHEDULE (UTC), for $SNAPSHOT_APPLIANCE"
  wait "$crond" || true
  die "crond ended by itself"
}

# restic takes its lock with it if it is asked to end; the pod has half a minute.
stop() {
  kill "$crond"
  pid=$(cat "$scratch/restic.pid" 2>/dev/null) || exit 0
  kill "$pid" 2>/dev/null || exit 0
  left=20
  while [ "$left" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
    left=$((left - 1))
    sleep 1
  done
  exit 0
}

verb=${1:-serve}
[ "$#" -eq 0 ] || shift
case $verb in
  serve | backup | initialise | list | restore) "$verb" "$@" ;;
  *) die "$verb is none of serve, backup, initialise, list, restore" ;;
esac
