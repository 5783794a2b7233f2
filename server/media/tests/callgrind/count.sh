#!/usr/bin/env bash
# Counts the instructions of one forwarded packet (one publisher, fifty subscribers, no sockets) with callgrind, shows
# where they go, and fails when they left the number in `instructions` by more than 3 %. `count.sh --accept` writes it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../.."
command -v valgrind >/dev/null || { echo "Please install valgrind (apt-get install valgrind)." >&2; exit 1; }
binary=$(cargo test -p rostrum-media --test plane --no-run 2>&1 | sed -n 's/.*Executable .*(\(.*\))/\1/p')
[ -n "$binary" ] || { echo "The tests of the media plane do not build." >&2; exit 1; }
"$binary" --ignored --exact cost::bytes_for_a_subscriber --nocapture | grep -o 'idle subscriber.*'
profile=$(mktemp)
trap 'rm -f "$profile"' EXIT
forwarded=$(valgrind --quiet --tool=callgrind --callgrind-out-file="$profile" --toggle-collect='*forward_and_count*' \
  "$binary" --ignored --exact cost::forwarding_to_fifty --nocapture | sed -n 's/.*forwarded \([0-9]*\).*/\1/p')
total=$(sed -n 's/^\(summary\|totals\): //p' "$profile" | tail -1)
counted=$((total / forwarded))
# The largest inclusive count of a function by that name: there is one line for each file it was inlined from.
of() {
  callgrind_annotate --inclusive=yes --threshold=100 "$profile" 2>/dev/null | grep -F "$1" | sed 's/^ *\([0-9,]*\).*/\1/; s/,//g' |
    sort -n | tail -1 | awk -v n="$forwarded" '{ printf "%d", $1 / n }'
}
receive=$(of 'ingest::Ingest::feed')
forward=$(of 'egress::Egress::forward')
push=$(of 'outbox::Outbox::push')
seal=$(of 'egress::srtp::Srtp::seal_rtp')
take=$(of 'plane::Plane::poll_transmit')
timers=$(of 'Plane>::handle_timeout')
echo "instructions for each of $forwarded forwarded packets: $counted"
echo "  receive $receive, route $((forward - push)), write $((push - seal)), seal $seal, queue $take, timers $timers"
if [ "${1:-}" = --accept ]; then
  echo "$counted" > "$here/instructions"
  exit 0
fi
kept=$(cat "$here/instructions")
if [ $((100 * counted)) -gt $((103 * kept)) ]; then
  echo "That is more than 3 % above the $kept kept in server/media/tests/callgrind/instructions." >&2
  exit 1
fi
if [ $((100 * counted)) -lt $((97 * kept)) ]; then
  echo "That is more than 3 % below the $kept kept: hold on to it with server/media/tests/callgrind/count.sh --accept" >&2
  exit 1
fi
echo "Within 3 % of the $kept kept."
