#!/bin/sh
# Make the flagship's report, time it, weigh it, and run axe-core on it. Needs Chromium, node and npm (Debian's packages
# chromium, nodejs, npm); axe-core and puppeteer-core come from the npm registry into bench/out, nothing else is fetched.
#
#   bench/report/measure.sh [WORLDS]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out="$root/bench/out/report"
mkdir -p "$out"
"$root/.venv/bin/quandary" report kazakhstan-2022 -o "$out/report.html" --worlds "${1:-10000}" --quiet
"$root/.venv/bin/python" "$here/timing.py" "$out/report.html" "${1:-10000}"
[ -f "$out/package.json" ] || echo "{}" > "$out/package.json"
[ -d "$out/node_modules/axe-core" ] || npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$out" axe-core puppeteer-core
AXE_MODULES="$out" node "$here/axe.mjs" "$out/report.html" "$out/pictures"
