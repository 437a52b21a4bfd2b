# shellcheck shell=sh
# Sourced by the scripts that bring tools for the tests: one cache folder outside the checkout, filled by one
# process at a time, and never seen half full.

cache="${PODIUM_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/podium}"
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
unused_days=30
longest_wait_sec=3600

note() {
  printf '%s\n' "$*" >&2
}

# cannot REASON: ends the script with code 3, which means that this machine lacks what is needed and that the
# tests in question are to be skipped. Every other failure is one to look at.
cannot() {
  note "$*"
  exit 3
}

# provide KIND KEY FILL: prints the folder KIND-KEY of the cache. When it is not there, the function FILL is
# called with an empty folder, which gets that name once FILL has succeeded.
provide() {
  kind=$1 folder=$cache/$1-$2 fill=$3
  [ -d "$folder" ] || fill_alone
  # Says when it was used last; a cache that may only be read is as good.
  touch "$folder" 2>/dev/null || :
  printf '%s\n' "$folder"
}

fill_alone() {
  [ "${PODIUM_TEST_BUILD_SERVERS:-}" != 0 ] ||
    cannot "$kind is not in $cache, and PODIUM_TEST_BUILD_SERVERS=0 forbids to get it"
  command -v flock >/dev/null || cannot "$kind needs flock (package util-linux)"
  mkdir -p "$cache"
  (
    flock --nonblock 9 || wait_for_lock
    [ -d "$folder" ] || fill_locked
  ) 9>"$cache/$kind.lock"
}

wait_for_lock() {
  note "waiting for another process that gets $kind"
  flock --timeout "$longest_wait_sec" 9 && return
  note "$kind: another process has held $cache/$kind.lock for $longest_wait_sec s"
  exit 1
}

fill_locked() {
  partial=$cache/$kind.partial
  # A killed run leaves its folder; under the lock nobody else can be writing it.
  rm -rf "$partial"
  trap 'rm -rf "$partial"' EXIT
  mkdir "$partial"
  "$fill" "$partial" 9>&-
  mv "$partial" "$folder"
  find "$cache" -maxdepth 1 -type d -name "$kind-*" -mtime "+$unused_days" -exec rm -rf {} +
}
