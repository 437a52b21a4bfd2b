#!/bin/sh
# Says how tests come to a MongoDB server. The last line on standard output is one of
#   uri URI           the server that MONGODB_URI names; tests make databases of their own in it
#   mongod PROGRAM    MongoDB's own server, found in PATH
#   ferretdb PROGRAM  FerretDB (tests/mongodb/server), built into the cache unless it is there
# and everything else goes to standard error. Exit code 3: this machine can have none.
#
# PODIUM_CACHE_DIR             the cache (default: podium in the user's cache folder)
# PODIUM_TEST_BUILD_SERVERS=0  take FerretDB from the cache or not at all
set -eu

tools=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/tool-cache.sh
. "$tools/tool-cache.sh"

if [ -n "${MONGODB_URI:-}" ]; then
  printf 'uri %s\n' "$MONGODB_URI"
  exit
fi
if mongod=$(command -v mongod); then
  printf 'mongod %s\n' "$mongod"
  exit
fi

cd "$tools/../tests/mongodb/server"

release=$(awk '$2 == "github.com/FerretDB/FerretDB" { print $3; exit }' go.mod)
linker_flags='-s -w'

build() {
  needs="there is no MONGODB_URI and no mongod in PATH, and building FerretDB $release needs Go"
  command -v go >/dev/null || cannot "$needs: there is no go in PATH"
  version=$(go env GOVERSION 2>/dev/null) || cannot "$needs as go.mod asks for: the go in PATH is older"
  what="FerretDB $release from tests/mongodb/server with $version"
  note "building $what; this takes a minute or two the first time"
  started=$(date +%s)
  CGO_ENABLED=0 GOWORK=off go build -mod=readonly -buildvcs=false -ldflags "$linker_flags" -o "$1/server" . \
    >"$cache/mongodb.log" 2>&1 || {
    tail -n 20 "$cache/mongodb.log" >&2
    note "go build failed after $(($(date +%s) - started)) s; the whole log is $cache/mongodb.log"
    exit 1
  }
  note "built $what in $(($(date +%s) - started)) s"
}

command -v sha256sum >/dev/null || cannot 'building FerretDB needs sha256sum (package coreutils)'
key=$({ cat go.mod go.sum main.go && printf '%s\n' "$linker_flags"; } | sha256sum | cut -c 1-12)
printf 'ferretdb %s/server\n' "$(provide mongodb "$key" build)"
