#!/usr/bin/env bash
# The EQL engine of PyPI's `eql`, in a virtual environment. It needs no server: `run` is not there.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=1.0.1

install() {
  local dir=$1
  ready "$dir" "$version" && return
  need python3
  rm -rf "$dir"
  python3 -m venv "$dir"
  "$dir/bin/pip" install -q "eql==$version" >&2
  echo "$version" > "$dir/ready"
}

"$@"
