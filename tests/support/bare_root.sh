#!/bin/sh
# A machine on which nobody has installed anything: Debian's minimal system with npm, ca-certificates
# and git, which is all that README asks for. Its HOME is empty.
#
#   bare_root.sh make                    makes it once, in a cache, and prints where it is
#   bare_root.sh enter FOLDER COMMAND…   runs a command in a copy of it that lies in FOLDER; what the
#                                        command writes stays in FOLDER, the cached one never changes
#
# Packages come from where this machine's apt has them, and proxies, certificate authorities and npm's
# registry are this machine's. Needs root, debootstrap and unshare; exits with 69 where one is missing.
set -eu

suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
cache=${DATAHUBSYNC_BARE_ROOT:-/var/cache/datahubsync-tests}
# Its number goes up whenever what is below makes another root.
base=$cache/bare-$suite-1

lacking() {
  echo "bare_root.sh: no bare root here: $1" >&2
  exit 69
}

check() {
  [ "$(id -u)" = 0 ] || lacking "it takes root"
  [ -n "$suite" ] || lacking "this isn't Debian"
  for program in unshare chroot mount; do
    command -v "$program" >/dev/null || lacking "it takes $program"
  done
  unshare -m -p -f true 2>/dev/null || lacking "it takes the right to unshare"
}

# What apt knows of Debian itself; packages of others would make another machine.
sources() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' 2>/dev/null | sort -u
}

make() {
  mkdir -p "$cache"
  exec 9>"$base.lock"
  flock 9
  [ ! -d "$base" ] || return 0
  command -v debootstrap >/dev/null || lacking "it takes debootstrap"
  part=$base.part
  rm -rf --one-file-system "$part"
  mirror=$(sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
  # shellcheck disable=SC2086 # without a mirror debootstrap has its own
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$part" $mirror >&2
  sources | awk 'NF == 3 { print "deb", $1, $2, $3 }' >"$part/etc/apt/sources.list.new"
  if [ -s "$part/etc/apt/sources.list.new" ]; then
    mv "$part/etc/apt/sources.list.new" "$part/etc/apt/sources.list"
  else
    rm "$part/etc/apt/sources.list.new"
  fi
  apt-config dump | grep -E '^Acquire::(https?::|ftp::)?([^ ]*Proxy|[^ ]*Ca[A-Za-z]*|Retries)' \
    >"$part/etc/apt/apt.conf.d/90machine" || :
  cp -L /etc/resolv.conf /etc/hosts "$part/etc/"
  for certificate in /usr/local/share/ca-certificates/*.crt; do
    [ ! -f "$certificate" ] || cp "$certificate" "$part/usr/local/share/ca-certificates/"
  done
  printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
  chmod 755 "$part/usr/sbin/policy-rc.d"
  unshare -m -p -f sh -euc '
    mount -t proc proc "$1/proc"
    exec chroot "$1" env DEBIAN_FRONTEND=noninteractive sh -euc "
      update-ca-certificates
      apt-get -qq -o Acquire::Retries=3 update
      apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends npm git
      apt-get clean
    "
  ' sh "$part" >&2
  rm -f "$part/usr/sbin/policy-rc.d"
  # npm's way to its registry; a token stays where it is.
  global=$(unshare -m -p -f chroot "$part" npm config get globalconfig)
  mkdir -p "$part$(dirname "$global")"
  for file in "${HOME:-/root}/.npmrc" "$(npm config get globalconfig 2>/dev/null || :)"; do
    [ ! -f "$file" ] || grep -E '^(registry|cafile|proxy|https-proxy|noproxy|strict-ssl) *=' "$file" || :
  done | sort -u >"$part$global"
  find "$part/root" "$part/tmp" -mindepth 1 -delete
  mv "$part" "$base"
}

enter() {
  folder=$1
  shift
  mkdir -p "$folder/upper" "$folder/work" "$folder/root"
  names='http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY TERM TEST_SEED NO_COLOR'
  set -- "$@"
  settings=''
  for name in $names; do
    eval "value=\${$name:-}"
    [ -z "$value" ] || settings="$settings $name=$value"
  done
  # shellcheck disable=SC2016,SC2086 # one word each
  exec unshare -m -p -f --kill-child sh -euc '
    base=$1 folder=$2 settings=$3
    shift 3
    root=$folder/root
    # Where the temporary folder is an overlay itself, the whole root is copied.
    mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$root" 2>/dev/null ||
      [ -d "$root/etc" ] || cp -a "$base/." "$root/"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $settings "$@"
  ' sh "$base" "$folder" "$settings" "$@"
}

check
case "${1:-}" in
  make)
    make
    echo "$base"
    ;;
  enter)
    shift
    # In a shell of its own, which gives the lock back: a command here may run for as long as it likes.
    (make)
    enter "$@"
    ;;
  *)
    echo "usage: bare_root.sh make | enter FOLDER COMMAND…" >&2
    exit 64
    ;;
esac
