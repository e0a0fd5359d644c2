#!/usr/bin/env bash
# Loads a stack of containers: starts it, runs a scenario of anyserve load, writes the report, takes the stack down.
#
#   deploy/loadtest.sh [--profile core|ha] [--workers N] [--ingresses N] [--out DIR] [--no-build] [--offline] [--keep]
#                      SCENARIO [OPTION]...
#
#   SCENARIO      a shipped scenario (docs/load-testing.md), or a file
#   OPTION        options of anyserve load, such as --rate 50 --duration 30s --fail-if 'errors>0.1%'
#   --profile     one broker (core, the default), or three brokers and two of each service (ha)
#   --workers     instances of the worker in core (default 1); --ingresses likewise
#   --out         folder of the report: SCENARIO.html and SCENARIO.json (default loadtest/target/reports)
#   --no-build    take the images of AnyServe as they are
#   --offline     ask no registry; images that are missing are built as stand-ins (deploy/docker/base-images)
#   --keep        leave the containers running
#
# The requests ask the simulated engine, unless --capability names another one. The stack is a Compose project of its own,
# anyserve-loadtest, on the ports of deploy/check. The exit code is that of anyserve load (4: a limit is violated, 5: the generator was late);
# 1 where the stack did not start, 2 for wrong arguments, 3 where there is no Docker.
set -euo pipefail
project=anyserve-loadtest
source "$(dirname "${BASH_SOURCE[0]}")/docker/functions.bash"

wrong() {
  echo "$program: $*" >&2
  exit 2
}
number() { [[ $2 =~ ^[1-9][0-9]?$ ]] || wrong "$1: ${2:-nothing} (expected: 1 to 99)"; }

profile=core workers=1 ingresses=1 out=$deploy/../loadtest/target/reports build=yes offline=no keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --profile | --workers | --ingresses | --out) [ $# -gt 1 ] || wrong "$1: without a value" ;;&
    --profile) profile=$2 && shift ;;
    --workers) number "$1" "$2" && workers=$2 && shift ;;
    --ingresses) number "$1" "$2" && ingresses=$2 && shift ;;
    --out) out=$2 && shift ;;
    --no-build) build=no ;;
    --offline) offline=yes ;;
    --keep) keep=yes ;;
    -h | --help)
      sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'
      exit 0
      ;;
    -*) wrong "$1 (expected: an option of this script before the scenario; --help lists them)" ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || wrong "no scenario (expected: a name such as chat-poisson, or a file)"
scenario=$1
shift
[[ $profile =~ ^(core|ha)$ ]] || wrong "--profile: $profile (expected: core or ha)"
[ "$profile" = core ] || [ "$workers$ingresses" = 11 ] || wrong "--workers and --ingresses: with ha (expected: with core; ha has two of each)"

# A file, with what it names beside it, is mounted; a shipped scenario is in the image.
mounts=() name=$(basename "$scenario" .toml) source=$scenario
if [ -f "$scenario" ]; then
  mounts=(-v "$(cd "$(dirname "$scenario")" && pwd):/scenario:ro")
  source=/scenario/$(basename "$scenario")
elif [ ! -f "$deploy/../loadtest/scenarios/$scenario.toml" ]; then
  wrong "$scenario: no such scenario (expected: a file, or one of $(cd "$deploy/../loadtest/scenarios" && echo *.toml | sed 's/\.toml//g; s/ /, /g'))"
fi
capability=(--capability simulated)
[[ " $* " != *" --capability"* ]] || capability=()

reason=$(no_docker)
if [ -n "$reason" ]; then
  echo "$program: $reason" >&2
  exit 3
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
prepare ANYSERVE_GRPC_PORT ANYSERVE_API_PORT ANYSERVE_USAGE_PORT
images "$build"
trap finish EXIT
scale=()
[ "$profile" = ha ] || scale=(--scale "worker=$workers" --scale "ingress=$ingresses")
up "$profile" ${scale[@]+"${scale[@]}"}

report=$(mktemp -d)
code=0
load "$report" "$source" ${capability[@]+"${capability[@]}"} "$@" || code=$?
for kind in html json; do
  if [ -f "$report/load.$kind" ]; then
    mv "$report/load.$kind" "$out/$name.$kind"
    say "$out/$name.$kind"
  fi
done
rm -rf "$report"
[ "$keep" = yes ] || down
stand_ins
exit $code
