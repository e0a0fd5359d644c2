# What deploy/check, deploy/loadtest.sh and deploy/systemd/boot have in common. The script that sources this file sets `project` before, and `required`,
# `offline` and `keep` (yes or no) where it has these options. Before it starts containers it sets `trap finish EXIT`, or a trap of its own.
deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
docker=${DOCKER:-docker}
patience=${CHECK_TIMEOUT:-300}
oldest_compose=2.20
export ANYSERVE_GRPC_PORT=${ANYSERVE_GRPC_PORT:-17400} ANYSERVE_API_PORT=${ANYSERVE_API_PORT:-17407}
export ANYSERVE_USAGE_PORT=${ANYSERVE_USAGE_PORT:-17432} PROMETHEUS_PORT=${PROMETHEUS_PORT:-19090}
export GRAFANA_PORT=${GRAFANA_PORT:-13000} JAEGER_PORT=${JAEGER_PORT:-26686}
program=$(basename "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fail() {
  echo "$program: $*" >&2
  exit 1
}
say() { echo "$program: $*"; }
# Ends a check that this machine cannot run: a failure only where the check is required.
skip() {
  [ "${required:-no}" = no ] || fail "$*"
  say "skipped: $*"
  exit 0
}
ok() { printf 'ok      %s\n' "$*"; }

compose() { $docker compose -p "$project" -f "$deploy/compose.yaml" "$@"; }
everything() { compose --profile core --profile ha --profile observability --profile loadtest "$@"; }

# Says why Docker cannot be used here, and nothing where it can.
no_docker() {
  local said
  if ! command -v "$docker" >/dev/null; then
    echo "no Docker client (looked for $docker on the path)"
  elif ! said=$($docker info 2>&1); then
    echo "no Docker engine answers ($(grep -i -m1 error <<<"$said" || echo "$docker info failed"))"
  fi
}

# What a stack needs of the machine: Compose, secrets and free ports.
prepare() {
  local version variable
  version=$($docker compose version --short 2>/dev/null | sed 's/^v//') \
    || fail "docker compose: not there (expected: the plug-in, $oldest_compose or later)"
  [ "$(printf '%s\n' "$oldest_compose" "$version" | sort -V | head -1)" = "$oldest_compose" ] \
    || fail "docker compose: $version (expected: $oldest_compose or later)"
  command -v curl >/dev/null || fail "curl is missing"
  for variable in "$@"; do
    if [ -z "$(everything ps -q gateway 2>/dev/null)" ] && (: <"/dev/tcp/127.0.0.1/${!variable}") 2>/dev/null; then
      fail "port ${!variable} is in use (expected: a free one; $variable names another)"
    fi
  done
  "$deploy/docker/secrets"
  everything config --format json | sed -nE 's|^ *"file": "(.*/secrets/.*)",?$|\1|p' | sort -u | while read -r file; do
    [ -f "$file" ] && [ -s "$file" ] && [ -r "$file" ] || fail "secret $file is missing or empty (expected: made by deploy/docker/secrets)"
  done
  ok "Docker $($docker version --format '{{.Server.Version}}'), Compose $version, secrets$(for variable in "$@"; do echo -n ", ${!variable}"; done)"
}

there() { $docker image inspect "$1" >/dev/null 2>&1; }
pulled() { [ "${offline:-no}" = no ] && timeout 120 $docker pull -q "$1" >/dev/null 2>&1; }
stand_in() {
  there "$1" || pulled "$1" || "$deploy/docker/base-images" "$2"
}
image_of() { everything config --images | grep "^$1:" | head -1; }

# Builds the images of AnyServe, or with `no` only asks for them, and gets the others.
images() {
  local image
  stand_in eclipse-temurin:25-jre java
  if [ "$1" = yes ]; then
    "$deploy/docker/build" services worker standalone loadtest >/dev/null
  fi
  for image in services worker standalone loadtest; do
    there "anyserve/$image" || fail "anyserve/$image is missing (expected: built by deploy/docker/build; run without --no-build)"
  done
  stand_in "$(image_of apache/kafka)" kafka
  stand_in "$(image_of haproxy)" haproxy
  stand_in "$(image_of minio/minio)" minio
  ok "images: $($docker image ls --format '{{.Repository}} {{.Size}}' --filter reference='anyserve/*:latest' | sort -u | paste -sd, | sed 's/,/, /g')"
}

# Starts a profile and waits until all of it is healthy; further arguments go to Compose.
up() {
  local begun=$SECONDS
  profile=$1
  shift
  if ! compose --profile "$profile" up -d --wait --wait-timeout "$patience" --quiet-pull "$@" >"$log" 2>&1; then
    tail -20 "$log" >&2
    compose --profile "$profile" ps -a >&2
    compose --profile "$profile" ps -a --format '{{.Service}} {{.Health}} {{.ExitCode}}' \
      | awk '!($2 == "healthy" || $NF == "0" && NF == 2) {print $1}' | sort -u | while read -r service; do
      echo "--- $service" >&2
      compose --profile "$profile" logs --no-log-prefix --no-color --tail 15 "$service" >&2
    done
    fail "$profile did not start"
  fi
  ok "$profile: up and healthy after $((SECONDS - begun)) s${*:+ ($*)}"
}
down() {
  everything down -v --remove-orphans >"$log" 2>&1 || fail "down -v failed: $(tail -3 "$log")"
  [ -z "$($docker ps -aq --filter "label=com.docker.compose.project=$project")" ] || fail "down -v left containers"
  [ -z "$($docker volume ls -q --filter "label=com.docker.compose.project=$project")" ] || fail "down -v left volumes"
  ok "down -v leaves nothing"
}
# Takes everything down whatever happened, unless `keep` is yes.
finish() {
  local code=$?
  [ "${keep:-no}" = yes ] || everything down -v --remove-orphans >/dev/null 2>&1 || true
  rm -f "$log"
  exit $code
}

# Addresses of the metrics of every ingress, router, worker and metering that runs.
metrics() {
  local service port
  for service in ingress:7401 router:7421 worker:7411 metering:7431; do
    port=${service#*:}
    everything ps --format '{{.Service}} {{.Name}}' \
      | sed -nE "s|^${service%:*}(-[0-9]+)? (.*)\$|http://\2:$port/metrics|p"
  done
}

# Runs a scenario on the profile that is up, from the network of the gateway, where an ingress has the addresses that scenarios name. The results are written to
# a folder as load.json and load.html.
#   load FOLDER SCENARIO [OPTION]...
load() {
  local folder=$1 scrape=() address
  shift
  for address in $(metrics); do scrape+=(--metrics "$address"); done
  compose --progress quiet --profile "$profile" --profile loadtest run --rm -T --no-deps --user "$(id -u):$(id -g)" -v "$folder:/report" \
    ${mounts[@]+"${mounts[@]}"} loadtest "$@" --kafka kafka:9092 ${scrape[@]+"${scrape[@]}"} \
    --json /report/load.json --html /report/load.html
}

# Names what the results rest on beside AnyServe: images that are not those of a registry.
stand_ins() {
  local image what found
  found=$(for image in eclipse-temurin:25-jre "$(image_of apache/kafka)" "$(image_of haproxy)" "$(image_of minio/minio)" \
    "$(image_of prom/prometheus)"; do
    there "$image" || continue
    what=$($docker image inspect --format '{{index .Config.Labels "io.anyserve.stand-in"}}' "$image")
    [ -z "$what" ] || echo "  $image: $what"
  done)
  if [ -n "$found" ]; then
    say "these results rest on stand-ins; the images of these names have not been tried:"
    echo "$found"
  fi
}
