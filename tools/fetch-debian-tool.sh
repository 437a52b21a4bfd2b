#!/bin/sh
# Gets one old tool from this system's Debian archive into the cache, without installing it, unless it is there:
#
#   tools/fetch-debian-tool.sh etcd      the etcd 3.4 of package etcd-server
#   tools/fetch-debian-tool.sh kubectl   the kubectl 1.20 of package kubernetes-client
#   tools/fetch-debian-tool.sh promtool  the promtool 2.42 of package prometheus
#
# The last line on standard output is the folder that holds the tool; the rest goes to standard error. Exit code
# 3: there is no apt here, or its archive has not that release.
set -eu

tools=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/tool-cache.sh
. "$tools/tool-cache.sh"

tool=${1:-}
case $tool in
  etcd) package=etcd-server release=3.4 ;;
  kubectl) package=kubernetes-client release=1.20 ;;
  promtool) package=prometheus release=2.42 ;;
  *) note "usage: $0 etcd|kubectl|promtool" && exit 2 ;;
esac

candidate() {
  apt-cache show --no-all-versions "$package" 2>/dev/null | sed -n 's/^Version: //p'
}

refresh() {
  [ "$(id -u)" -eq 0 ] && apt-get -qq update >"$cache/debian-$tool.log" 2>&1
}

download() {
  (cd "$1" && apt-get -qq download "$package" >"$cache/debian-$tool.log" 2>&1)
}

fetch() {
  command -v apt-get >/dev/null || cannot "$tool $release comes from a Debian archive: there is no apt here"
  started=$(date +%s)
  [ -n "$(candidate)" ] || refresh || cannot "apt knows no package $package: run apt-get update"
  version=$(candidate)
  case $version in
    "$release".*) ;;
    *) cannot "the tests need $tool $release: package $package of this system is ${version:-unknown to apt}" ;;
  esac
  download "$1" || { refresh && download "$1"; } ||
    cannot "apt-get cannot download $package: $(tail -n 1 "$cache/debian-$tool.log")"
  mkdir "$1/package"
  dpkg-deb -x "$1/$package"_*.deb "$1/package"
  mv "$1/package/usr/bin/$tool" "$1/$tool"
  rm -r "$1/package" "$1/$package"_*.deb
  note "unpacked $tool from the Debian package $package $version in $(($(date +%s) - started)) s"
}

provide "debian-$tool" "$release" fetch
