#!/bin/sh
# Builds kube-apiserver, etcd and kubectl from the Go module in tests/kubernetes/servers into the cache, unless
# they are there. The last line on standard output is the folder that holds the three; the rest goes to standard
# error. Exit code 3: no Go here that can build them.
#
# PODIUM_CACHE_DIR             the cache (default: podium in the user's cache folder)
# PODIUM_TEST_BUILD_SERVERS=0  take them from the cache or not at all
set -eu

tools=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/tool-cache.sh
. "$tools/tool-cache.sh"
cd "$tools/../tests/kubernetes/servers"

module_version() {
  awk -v module="$1" '$1 == module { print $2; exit }' go.mod
}

# Without these a server and a client call themselves v0.0.0-master+$Format and clients stumble over that.
version_flags() {
  minor=${kubernetes#v1.}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf ' -X %s.%s' \
      "$package" "gitVersion=$kubernetes" "$package" gitMajor=1 "$package" "gitMinor=${minor%%.*}" \
      "$package" gitCommit= "$package" gitTreeState=clean
  done
}

kubernetes=$(module_version k8s.io/kubernetes)
etcd=$(module_version go.etcd.io/etcd/server/v3)
oldest_go=$(module_version go)
linker_flags="-s -w$(version_flags)"

# A toolchain that may fetch a newer one does so when it is asked inside the module, and answers with that one.
require_go() {
  needs="building Kubernetes $kubernetes needs Go $oldest_go or newer"
  command -v go >/dev/null || cannot "$needs: there is no go in PATH"
  version=$(go env GOVERSION 2>/dev/null) || cannot "$needs: the go in PATH is older"
  newer=$(printf 'go%s\n%s\n' "$oldest_go" "$version" | sort -V | tail -n 1)
  [ "$version" = "$newer" ] || cannot "$needs: found $version"
}

build() {
  require_go
  what="kube-apiserver and kubectl $kubernetes and etcd $etcd from tests/kubernetes/servers with $version"
  note "building $what; this takes some minutes the first time"
  started=$(date +%s)
  CGO_ENABLED=0 GOWORK=off go build -mod=readonly -buildvcs=false -ldflags "$linker_flags" -o "$1/" \
    ./kube-apiserver ./etcd ./kubectl >"$cache/kubernetes.log" 2>&1 || {
    tail -n 20 "$cache/kubernetes.log" >&2
    note "go build failed after $(($(date +%s) - started)) s; the whole log is $cache/kubernetes.log"
    exit 1
  }
  note "built $what in $(($(date +%s) - started)) s"
}

command -v sha256sum >/dev/null || cannot "building Kubernetes $kubernetes needs sha256sum (package coreutils)"
key=$({ cat go.mod go.sum ./*/main.go && printf '%s\n' "$linker_flags"; } | sha256sum | cut -c 1-12)
provide kubernetes "$key" build
