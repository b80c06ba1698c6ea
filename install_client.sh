#!/usr/bin/env bash
#
# Installs DataHubSync, upgrades it, takes over a v2.0 installation, or uninstalls it.
#
# One long file on purpose: it is copied to a server together with the binary, and nothing else may be
# needed there. It is written in POSIX sh (`sh install_client.sh` works too) for Linux.
#
# Promises:
# - it looks first and changes afterwards: a wrong option, config or schedule changes nothing;
# - every change belongs to a step, and a step that fails is undone; the steps before it stand, and each of
#   them leaves a system that works;
# - a file is replaced by a rename, so that a running sync and a reader see the old or the new one;
# - config, state and data that are there stay as they are;
# - as root it decides from root's own files only, and acts as root only in folders that root alone controls:
#   in a folder of the sync's user it acts as that user;
# - what it put somewhere is listed in .installed, and --uninstall removes that and nothing else.
# Two copies of it that run at once may get in each other's way.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
set -eu
umask 022
unset CDPATH

PROGRAM=${0##*/}
TAB=$(printf '\t')
NEWLINE='
'
HEADER='# Written by install_client.sh'
MARK='# datahubsync (install_client.sh)'
DEFAULT_SCHEDULE='15 8 * * *'
SYSTEM_USER=datahubsync
# The hub announces the data some minutes before its package is built: half an hour covers that.
WAIT=30m

CRON_FILE=/etc/cron.d/datahubsync
PACKAGE_FILE=/usr/share/datahubsync/package
LOGROTATE_FILE=/etc/logrotate.d/datahubsync
SPOOL=/var/spool/cron/crontabs

usage() {
  cat <<'END'
Usage: sudo ./install_client.sh [options]

Installs the datahubsync binary that lies beside this script. Run again, it upgrades. Without one there it
makes config and schedule for the one that a package has put into /usr/bin.

  --install-dir DIR   where the program, its config, state and logs live (/opt/datahubsync)
  --data-dir DIR      where a new config keeps the data (/data)
  --hub-url URL       the hub that a new config asks; its datasets go into the config
  --setup-crontab     sync by cron: /etc/cron.d/datahubsync, or your crontab without root
  --systemd           sync by a systemd timer instead
  --schedule SPEC     when, in cron's five fields ("15 8 * * *")
  --then COMMAND      after a sync: run this while changes are unread, again next time if it fails
  --no-then           run nothing after a sync any more
  --user NAME         who runs the sync (datahubsync, a system user that is made for it)
  --sync              sync once when all is in place
  --pack FOLDER       make this machine a hub: pack the folder every ten minutes; may be repeated
  --site SITE         the hub's site, which --pack fills and --serve serves (/srv/hub)
  --serve ADDRESS     serve the site, as 0.0.0.0:8000 (needs systemd)
  --dry-run           print every change and make none
  --uninstall         remove what this script installed; config, state, logs and data stay
  --purge             with --uninstall: also config, state and logs, never data
  --help              this text

Without root it installs for you: ~/.local/share/datahubsync, ~/.local/bin/datahubsync, your crontab.
With DESTDIR in the environment nothing outside that folder is written.
Exit: 0 done, 1 a step failed and was undone, 2 wrong usage or config; --sync: the sync's own code.
END
}

# ---- saying and asking --------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
warn() { printf '  ! %s\n' "$*" >&2; }

# complain CODE MESSAGE [HINT]: ends the run; a step that is under way is undone first.
complain() {
  printf '%s: %s\n' "$PROGRAM" "$2" >&2
  if [ $# -gt 2 ]; then printf 'hint: %s\n' "$3" >&2; fi
  exit "$1"
}
die() { complain 1 "$@"; }
# The command line or the config is wrong; nothing has been changed.
reject() { complain 2 "$1" "${2:-$PROGRAM --help lists the options}"; }

at_terminal() { [ -t 3 ] && [ -t 1 ]; }

# ask QUESTION: whether the person at the terminal agrees; no where there is nobody.
ask() {
  at_terminal || return 1
  printf '%s [Y/n] ' "$1"
  IFS= read -r answer <&3 || return 1
  case $answer in
    '' | [Yy]*) return 0 ;;
    *) return 1 ;;
  esac
}

# change WHAT: announces one change, made or (dry run) not made.
change() {
  CHANGES=$((CHANGES + 1))
  if [ -n "$DRY_RUN" ]; then note "would $1"; else note "$1"; fi
}

# ---- steps, and how to undo them ----------------------------------------------------------------

# A move away from root is one step: half of it would leave a schedule that can't write.
begin() {
  say "==> $1"
  if [ -n "$STEP" ]; then return 0; fi
  STEP=$1
  : >"$TMP/undo"
  : >"$TMP/kept"
  CHANGES_BEFORE=$CHANGES
}

# Ends a step: what was kept for undoing it goes, and the list of what is installed is brought up to date.
end() {
  if [ -n "$FROM_ROOT" ] && [ "${1-}" != last ]; then return 0; fi
  if [ "$CHANGES" = "$CHANGES_BEFORE" ]; then note "nothing to change"; fi
  if [ -z "$DRY_RUN" ]; then
    drop_kept
    save_list
  fi
  STEP=
}

drop_kept() {
  while IFS= read -r kept; do by "$kept" rm -rf -- "$kept"; done <"$TMP/kept"
}

# on_failure OPERATION ARGUMENT [ARGUMENT]: what undoes the change that comes next.
on_failure() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:--}" >>"$TMP/undo"; }

undo_step() {
  printf '%s: "%s" failed.\n' "$PROGRAM" "$STEP" >&2
  if [ ! -s "$TMP/undo" ]; then
    printf '%s: it had changed nothing.\n' "$PROGRAM" >&2
    return 0
  fi
  undone=yes
  sed '1!G;h;$!d' "$TMP/undo" >"$TMP/undo.reversed"
  while IFS=$TAB read -r operation one two; do
    case $operation in
      remove) by "$one" rm -f -- "$one" ;;
      rmdir) by "$one" rmdir -- "$one" ;;
      restore) by "$two" mv -f -- "$one" "$two" ;;
      access) chown -h "${two#* }" "$one" && chmod "${two%% *}" "$one" ;;
      owner) hand "$one" "$RUN_USER" "$two" ;;
      user) drop_user "$one" ;;
      crontab) restore_crontab "$one" "$two" ;;
      timer) tell_systemd "$one" ;;
      unit) systemctl --system stop "$one" ;;
    esac || {
      undone=
      warn "could not undo: $operation $one $two"
    }
  done <"$TMP/undo.reversed"
  if [ -n "$undone" ]; then
    printf '%s: it is undone; the steps before it stand. Fix the cause and run this again.\n' "$PROGRAM" >&2
  fi
}

finish() {
  code=$?
  set +e
  trap - EXIT
  trap '' HUP INT TERM
  if [ -n "$STEP" ] && [ "$code" -ne 0 ] && [ -z "$DRY_RUN" ]; then undo_step; fi
  if [ -n "$TMP" ]; then rm -rf "$TMP"; fi
  exit "$code"
}

# ---- the list of what is installed --------------------------------------------------------------

# record KIND PATH: one line of .installed (file, link, dir, config, crontab, user, set).
record() { recorded "$1" "$2" || printf '%s\t%s\n' "$1" "$2" >>"$TMP/installed"; }

forget() {
  grep -Fvx -- "$1$TAB$2" "$TMP/installed" >"$TMP/installed.less" || :
  mv "$TMP/installed.less" "$TMP/installed"
}

recorded() { grep -Fqx -- "$1$TAB$2" "$TMP/installed"; }

save_list() {
  if [ ! -d "$DESTDIR$INSTALL_DIR" ] || [ -n "$UNINSTALL" ]; then return 0; fi
  list=$DESTDIR$INSTALL_DIR/.installed
  if [ -f "$list" ] && cmp -s "$TMP/installed" "$list"; then return 0; fi
  put_now "$TMP/installed" "$list" 644 "$ROOT_OWNER"
}

# ---- who controls a path ------------------------------------------------------------------------

# closed GID USER: whether nobody but root and USER is in the group.
closed() {
  { getent group "$1" | cut -d : -f 4 | tr , '\n'; getent passwd | awk -F : -v gid="$1" '$4 == gid { print $1 }'; } |
    grep -vx -e root -e "$2" -e '' >/dev/null && return 1 || return 0
}

# controller FOLDER: the user who decides what lies there: root, or the first other owner of a folder or link on
# the way. Fails where anybody could change it. Without root all is done as the user anyway.
controller() {
  if [ "$UID_NOW" != 0 ]; then
    say "$USER_NOW"
    return 0
  fi
  part=$1
  while [ ! -d "$part" ]; do part=$(dirname "$part"); done
  real=$(cd -P -- "$part" && pwd -P) || die "$part can't be entered"
  case $real/ in
    "$DESTDIR"/*) ;;
    *) die "$part leads out of DESTDIR, to $real" "remove that link" ;;
  esac
  # The owner of a link counts, and so does every folder that it leads through.
  printf '%s\n' "$part" "$real" |
    awk -F / '{ way = ""; print "/"; for (i = 2; i <= NF; i++) if ($i != "") print way = way "/" $i }' | sort -u >"$TMP/way"
  tr '\n' '\0' <"$TMP/way" | xargs -0 stat -c "%U %g %A %n" -- >"$TMP/way.stat" || die "$part can't be looked at"
  boss=root
  while read -r owner gid rights part; do
    if [ "$owner" != root ] && [ "$owner" != "$boss" ]; then
      if [ "$boss" != root ]; then die "$part belongs to $owner, and $boss could replace it" "chown $boss: $(sh_word "$part")"; fi
      boss=$owner
    fi
    case $rights in
      l* | d????????[tT]) ;;
      d???????w* | d????w*)
        if [ "${rights#d???????w}" != "$rights" ] || ! closed "$gid" "$boss"; then
          die "others may change what lies in $part" "chmod go-w $(sh_word "$part")"
        fi
        ;;
    esac
  done <"$TMP/way.stat"
  say "$boss"
}

# by PATH COMMAND…: runs the command as whoever controls the folder of PATH, since a name in somebody else's
# folder could lead root anywhere.
by() {
  who=$(controller "$(dirname "$1")") || exit 1
  if [ "$who" = "$USER_NOW" ]; then
    shift
    "$@"
  elif [ "$who" = "$RUN_USER" ]; then
    shift
    runuser -u "$who" -- "$@"
  else
    die "$1 lies in a folder of $who's, who could put anything in its place" "choose another folder, or --user $who"
  fi
}

# hand PATH FROM [TO]: what FROM owns of PATH and below becomes TO's (or is printed). It acts from inside the
# folder, which nobody can exchange then, follows no link and leaves no file system. In a user's folder a file
# with a second name may be anybody's: it is left alone.
hand() {
  who=$(controller "$(dirname "$1")") || return 1
  if [ -n "$FROM_ROOT" ]; then second=1000000; else second=2; fi
  (
    cd -P -- "$(dirname "$1")" || exit 1
    if [ "$(stat -c %U .)" != "$who" ]; then exit 0; fi
    name=./${1##*/}
    set -- -xdev -depth -user "$2" '(' -type d -o -type f -links "-$second" ')' ${3:+-execdir chown -h "$3" '{}' +}
    find -P "$name" "$@"
  )
}

# give PATH: what root left there for the sync's user, who couldn't write to it.
give() {
  if [ -z "$CAN_OWN" ] || [ -n "$DESTDIR" ] || [ "$RUN_USER" = root ] || [ -L "$1" ] || [ ! -e "$1" ]; then return 0; fi
  case $CONFIG/$TAB$INSTALL_DIR/$TAB$BINARY/ in
    "$1"/* | *"$TAB$1"/*) return 0 ;;
  esac
  # Where others may change the way there, nothing is given.
  count=$(hand "$1" root 2>/dev/null | wc -l)
  if [ "$count" -gt 0 ]; then
    change "give $1 to $RUN_USER ($count of root's in it)"
    if [ -z "$DRY_RUN" ]; then
      if [ -n "$FROM_ROOT" ]; then on_failure owner "$1" "$ROOT_OWNER"; fi
      hand "$1" root "$RUN_OWNER"
    fi
  fi
  if [ -n "$DRY_RUN" ] || [ "$(stat -c %U "$1")" != "$RUN_USER" ]; then return 0; fi
  # Files with a second name, as the versions of a snapshot share them: the user makes copies.
  # shellcheck disable=SC2016 # the dollars are for the inner shell
  runuser -u "$RUN_USER" -- find -P "$1" -xdev -user root -type f -links +1 -exec sh -c '
    for file; do cp -p -- "$file" "$file.new.tmp" && mv -f -- "$file.new.tmp" "$file"; done' sh '{}' + 2>/dev/null || :
}

# Folders that are everybody's: nothing there is given away, and no service gets all of one.
is_system() {
  case $1 in
    /*/*/*) return 1 ;;
    / | /bin* | /boot* | /dev* | /etc* | /home | /home/* | /lib* | /media | /mnt | /opt | /proc* | /root | /run* | \
      /sbin* | /srv | /sys* | /tmp | /usr* | /var | /var/*) return 0 ;;
    *) return 1 ;;
  esac
}

# is_ours FOLDER: whether this script or a sync made it: below the installation, listed, or with a manifest.
is_ours() {
  case $1 in
    "$INSTALL_DIR"/?*) return 0 ;;
  esac
  if recorded dir "$1" && ! is_system "$1"; then return 0; fi
  for file in "$(work_beside "$1")/manifest" "$1/.datahubsync/manifest"; do
    if [ -f "$file" ] && [ "$(stat -c %U "$file")" = "$USER_NOW" ]; then return 0; fi
  done
  return 1
}

work_beside() { printf '%s/.%s.datahubsync' "$(dirname "$1")" "${1##*/}"; }

# ---- changes (each is announced, undone on failure, and left out in a dry run) ------------------
# Paths are those of the installed system; $DESTDIR goes in front wherever a file is touched.

own() {
  if [ -n "$CAN_OWN" ] && [ -n "$2" ]; then chown -h "$2" "$1"; fi
}

# put_now SOURCE FILE MODE OWNER: by a name that nobody can know before, and a rename.
put_now() {
  fresh=$(mktemp "$(dirname "$2")/.$(basename "$2").new.XXXXXX")
  on_failure remove "$fresh"
  # It may hold a token: nobody else reads it before it has its mode.
  cat "$1" >"$fresh"
  own "$fresh" "$4"
  chmod "$3" "$fresh"
  mv -f "$fresh" "$2"
}

# root_only PATH: what root writes must not be replaced by anybody else.
root_only() {
  who=$(controller "$(dirname "$DESTDIR$1")") || exit 1
  if [ "$who" != "$USER_NOW" ]; then die "$1 lies in a folder of $who's, who could replace it" "root writes only where root alone may"; fi
}

# keep_for_undo FILE: a failure puts the file back as it is now, or removes it where there was none.
keep_for_undo() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    on_failure remove "$1"
    return 0
  fi
  # A leading dot: cron and logrotate pass such names by.
  kept=$(dirname "$1")/.$(basename "$1").undo.$$
  printf '%s\n' "$kept" >>"$TMP/kept"
  if [ -L "$1" ]; then cp -P "$1" "$kept"; else ln "$1" "$kept" 2>/dev/null || cp -p "$1" "$kept"; fi
  on_failure restore "$kept" "$1"
}

# put_file SOURCE PATH MODE OWNER
put_file() {
  target=$DESTDIR$2
  if [ -d "$target" ]; then die "$2 is a folder, a file was expected" "move it away and run this again"; fi
  root_only "$2"
  if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s "$1" "$target"; then
    set_access "$2" "$3" "$4"
    return 0
  fi
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  change "write $2 (mode $3${4:+, owner $4})"
  if [ -n "$DRY_RUN" ]; then
    # The words of a schedule are what a dry run is read for; the binary and the config aren't.
    if [ "$1" = "$TMP/text" ]; then sed 's/^\(DATAHUBSYNC_[A-Z0-9_]*=\).*/\1…/; s/^/      | /' "$1"; fi
    return 0
  fi
  keep_for_undo "$target"
  put_now "$1" "$target" "$3" "$4"
}

# set_access PATH MODE OWNER, where OWNER may be empty: leave it. A link stays as it is.
set_access() {
  if [ ! -e "$DESTDIR$1" ] || [ -L "$DESTDIR$1" ]; then return 0; fi
  root_only "$1"
  mode_now=$(stat -c %a "$DESTDIR$1")
  owner_now=$(stat -c %U:%G "$DESTDIR$1")
  owner_wanted=$3
  if [ -z "$CAN_OWN" ] || [ -z "$3" ]; then owner_wanted=$owner_now; fi
  if [ "$mode_now" = "$2" ] && [ "$owner_now" = "$owner_wanted" ]; then return 0; fi
  change "set mode $2${3:+, owner $3} on $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  on_failure access "$DESTDIR$1" "$mode_now $(stat -c %u:%g "$DESTDIR$1")"
  if [ "$owner_now" != "$owner_wanted" ]; then chown -h "$3" "$DESTDIR$1"; fi
  chmod "$2" "$DESTDIR$1"
}

# make_dir PATH MODE OWNER: with the folders above it; one that is there stays as it is.
make_dir() {
  if [ -d "$DESTDIR$1" ]; then return 0; fi
  if [ -e "$DESTDIR$1" ]; then die "$1 is a file, a folder was expected" "move it away and run this again"; fi
  part=$1
  : >"$TMP/missing"
  while [ "$part" != / ] && [ ! -d "$DESTDIR$part" ]; do
    printf '%s\n' "$part" >>"$TMP/missing"
    part=$(dirname "$part")
  done
  sed '1!G;h;$!d' "$TMP/missing" >"$TMP/missing.from_top"
  while IFS= read -r part; do
    if grep -Fqx -- "$part" "$TMP/would_make"; then continue; fi
    change "make folder $part (mode $2${3:+, owner $3})"
    if [ -n "$DRY_RUN" ]; then
      printf '%s\n' "$part" >>"$TMP/would_make"
      continue
    fi
    by "$DESTDIR$part" mkdir -m "$2" -- "$DESTDIR$part"
    on_failure rmdir "$DESTDIR$part"
    if [ "$who" = "$USER_NOW" ]; then own "$DESTDIR$part" "$3"; fi
    record dir "$part"
  done <"$TMP/missing.from_top"
}

make_link() {
  if [ -L "$DESTDIR$2" ] && [ "$(readlink "$DESTDIR$2")" = "$1" ]; then return 0; fi
  root_only "$2"
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  change "link $2 to $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  keep_for_undo "$DESTDIR$2"
  # In a folder that nobody else writes to: ln refuses a name that is there.
  ln -s "$1" "$DESTDIR$2.new.$$"
  mv -f "$DESTDIR$2.new.$$" "$DESTDIR$2"
}

# remove PATH: a file, a link, or a folder of the installation's with all that is in it.
remove() {
  if [ ! -e "$DESTDIR$1" ] && [ ! -L "$DESTDIR$1" ]; then return 0; fi
  change "remove $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  kept=$(dirname "$DESTDIR$1")/.$(basename "$1").undo.$$
  by "$DESTDIR$1" mv -T -- "$DESTDIR$1" "$kept"
  printf '%s\n' "$kept" >>"$TMP/kept"
  on_failure restore "$kept" "$DESTDIR$1"
}

move() {
  change "move $1 to $2"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  root_only "$1"
  by "$DESTDIR$2" mv -T -- "$DESTDIR$1" "$DESTDIR$2"
  on_failure restore "$DESTDIR$2" "$DESTDIR$1"
}

# ---- crontabs -----------------------------------------------------------------------------------

# see_crontab USER: copies it to $TMP/crontabs/USER. Whose: ours, the sudo user's and the sync's user's, nobody
# else's: what stands in them decides things.
see_crontab() {
  if [ -z "$1" ] || [ -e "$TMP/crontabs/$1" ]; then return 0; fi
  read_crontab "$1" >"$TMP/crontabs/$1" 2>/dev/null || rm -f "$TMP/crontabs/$1"
}

read_crontab() {
  if [ -n "$DESTDIR" ]; then
    [ ! -L "$DESTDIR$SPOOL/$1" ] && cat "$DESTDIR$SPOOL/$1"
  elif [ "$UID_NOW" = 0 ]; then
    crontab -u "$1" -l
  else
    crontab -l
  fi
}

# The awk test for a schedule of this installation's, or the line that v2.0's installer wrote.
# shellcheck disable=SC2016 # awk's own dollars
OURS='
function ours(line,   mark, at, after) {
  mark = ENVIRON["MARK"]
  if (length(line) >= length(mark) && substr(line, length(line) - length(mark) + 1) == mark)
    return index(line, ENVIRON["CRON_BINARY"]) > 0 || index(line, ENVIRON["INSTALL_DIR"] "/") > 0
  if (line ~ /^[ \t]*#/ || line !~ /sync\.sh/) return 0
  at = index(line, ENVIRON["INSTALL_DIR"])
  after = substr(line, at + length(ENVIRON["INSTALL_DIR"]), 1)
  return at > 0 && (after == "" || index("/ \t;&\"\047", after) > 0)
}'

# edit_crontab USER LINE: our line in place of the earlier one, or at the end; an empty LINE removes it.
edit_crontab() {
  before=$TMP/crontabs/$1
  if [ ! -f "$before" ]; then : >"$before"; fi
  LINE=$2 awk "$OURS"'
    ours($0) { if (ENVIRON["LINE"] != "" && !done++) print ENVIRON["LINE"]; next }
    { print }
    END { if (ENVIRON["LINE"] != "" && !done) print ENVIRON["LINE"] }' "$before" >"$TMP/crontab"
  if cmp -s "$before" "$TMP/crontab"; then return 0; fi
  if [ -n "$2" ]; then change "set the schedule in the crontab of $1"; else change "take the schedule out of the crontab of $1"; fi
  if [ -n "$DRY_RUN" ]; then
    if [ -n "$2" ]; then printf '      | %s\n' "$2"; fi
    return 0
  fi
  cp "$before" "$TMP/crontab.$1.before"
  on_failure crontab "$1" "$TMP/crontab.$1.before"
  load_crontab "$1" "$TMP/crontab"
  cp "$TMP/crontab" "$before"
}

# restore_crontab USER FILE: loads it unless it is what stands there, since loading may be what failed.
restore_crontab() {
  read_crontab "$1" >"$TMP/now" 2>/dev/null || :
  cmp -s "$2" "$TMP/now" || load_crontab "$1" "$2"
}

# load_crontab USER FILE: makes FILE the crontab of USER; an empty one means none.
load_crontab() {
  if [ -n "$DESTDIR" ]; then
    if [ ! -s "$2" ]; then
      rm -f "$DESTDIR$SPOOL/$1"
      return 0
    fi
    mkdir -p "$DESTDIR$SPOOL" && put_now "$2" "$DESTDIR$SPOOL/$1" 600 ''
    return
  fi
  if [ "$UID_NOW" = 0 ]; then set -- "$2" -u "$1"; else set -- "$2"; fi
  table=$1
  shift
  if [ -s "$table" ]; then
    crontab "$@" "$table"
  elif crontab "$@" -l >/dev/null 2>&1; then
    crontab "$@" -r
  fi
}

# ---- quoting ------------------------------------------------------------------------------------

# A word for the shell; plain words stay plain.
sh_word() {
  case $1 in
    *[!A-Za-z0-9_./:@+-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

# A word for a unit file: systemd reads C escapes and its own percent signs.
unit_word() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g; s/%/%%/g')"
}

# A word for cron, where a percent sign would end the command.
cron_word() { sh_word "$1" | sed 's/%/\\%/g'; }

cron_command() {
  printf '%s sync -c %s -q --wait %s' "$(cron_word "$BINARY")" "$(cron_word "$CONFIG")" "$WAIT"
  if [ -n "$THEN" ]; then printf ' --changes; %s' "$(then_command | sed 's/%/\\%/g')"; fi
}

# The command that --then names, while changes are unread; only if it works are they confirmed. They are asked for
# rather than the sync's exit code: one dataset may change while another fails.
then_command() {
  changes="$(sh_word "$BINARY") changes -c $(sh_word "$CONFIG")"
  # shellcheck disable=SC2016 # the dollar is for the line that is written
  printf 'N=$(%s --last) && { test -z "$N" || { sh -c %s && %s --done "$N"; }; }' "$changes" "$(sh_word "$THEN")" "$changes"
}

# ---- looking around -----------------------------------------------------------------------------

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --*=*)
        option=${1%%=*}
        value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        ;;
    esac
    case $1 in
      --install-dir | --data-dir | --hub-url | --schedule | --then | --user | --pack | --site | --serve)
        case ${2-} in
          '' | --*) reject "$1 needs a value" ;;
        esac
        case $1 in
          --install-dir) INSTALL_DIR=$(absolute "$2") ;;
          --data-dir) DATA_DIR=$(absolute "$2") ;;
          --hub-url) HUB_URL=${2%/} ;;
          --schedule) SCHEDULE=$2 ;;
          --then) THEN=$2 ;;
          --user) RUN_USER=$2 ;;
          --pack) PACK=$PACK$(absolute "$2")$NEWLINE ;;
          --site) SITE=$(absolute "$2") ;;
          --serve) SERVE=$2 ;;
        esac
        shift
        ;;
      --no-then) NO_THEN=yes ;;
      --setup-crontab) WANT_CRON=yes ;;
      --systemd) WANT_SYSTEMD=yes ;;
      --sync) WANT_SYNC=yes ;;
      --dry-run) DRY_RUN=yes ;;
      --uninstall) UNINSTALL=yes ;;
      --purge) PURGE=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) reject "unknown option: $1" ;;
    esac
    shift
  done
}

# A path from the root, without a slash at its end.
absolute() {
  case $1 in
    /*) path=$1 ;;
    *) path=$(pwd)/$1 ;;
  esac
  while [ "$path" != / ] && [ "${path%/}" != "$path" ]; do path=${path%/}; done
  printf '%s' "$path"
}

check_options() {
  if [ -n "$WANT_CRON" ] && [ -n "$WANT_SYSTEMD" ]; then
    reject "--setup-crontab and --systemd exclude each other" "one schedule is enough: choose one"
  fi
  if [ -n "$PURGE" ] && [ -z "$UNINSTALL" ]; then reject "--purge goes with --uninstall only"; fi
  if [ -n "$UNINSTALL" ] && [ -n "$WANT_CRON$WANT_SYSTEMD$WANT_SYNC$SCHEDULE$THEN$NO_THEN$HUB_URL$DATA_DIR" ]; then
    reject "--uninstall takes --purge, --install-dir and --dry-run only"
  fi
  if [ -n "$THEN" ]; then check_then; fi
  if [ -n "$PACK$SITE$SERVE" ]; then check_hub_options; fi
  for path in "$INSTALL_DIR" "$DATA_DIR" "$DESTDIR" "$SITE"; do check_path "$path"; done
  for path in "$INSTALL_DIR" "$DATA_DIR"; do
    if [ -n "$path" ] && [ "$UID_NOW" = 0 ] && is_system "$path" && ! expr "$path" : '/[^/]*/.' \| "$path" : '/srv$' >/dev/null; then
      reject "$path is no place for this" "name a folder inside it"
    fi
  done
  case $RUN_USER in
    '' | [A-Za-z_]*) ;;
    *) reject "--user: the name of a user was expected, found \"$RUN_USER\"" ;;
  esac
  case $RUN_USER in
    *[!A-Za-z0-9_.-]*) reject "--user: the name of a user was expected, found \"$RUN_USER\"" ;;
  esac
  if [ "$UID_NOW" != 0 ] && [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$USER_NOW" ]; then
    reject "--user $RUN_USER needs root" "sudo ./$PROGRAM …"
  fi
  if [ -n "$WANT_SYSTEMD" ] && [ -z "$DESTDIR" ] && ! systemd_runs; then
    die "--systemd: systemd doesn't run here, so no timer would" "use --setup-crontab"
  fi
}

check_path() {
  case $1/ in
    *[\\\"\$\`]* | *[[:cntrl:]]*) reject "a path with \\, \", \$, \` or control characters can't be used: $1" ;;
    */../* | */./*) reject "a path with . or .. can't be used: $1" ;;
  esac
}

check_then() {
  if [ -n "$NO_THEN" ]; then reject "--then and --no-then exclude each other"; fi
  script="put it into a script, and give that: --then /path/of/the/script"
  case $THEN in
    *[[:cntrl:]]*) reject "--then: one line was expected, found a newline or another control character" "$script" ;;
    # Some daemons read two backslashes as one, and all of them the one before a percent sign.
    *\\\\* | *\\%*) reject "--then: a backslash before another one or before a percent sign can't be written into a crontab" "$script" ;;
  esac
  if ! sh -nc "$THEN" 2>"$TMP/error"; then
    reject "--then: the shell can't read it: $(sed -n '1s/^[^:]*: //p' "$TMP/error")"
  fi
}

check_hub_options() {
  if [ -n "$UNINSTALL" ]; then reject "--uninstall removes the hub, too; it takes no --pack, --site or --serve"; fi
  if [ -n "$HUB_URL$DATA_DIR$WANT_SYNC$THEN$NO_THEN" ]; then
    reject "--pack and --serve make a hub, --hub-url, --data-dir, --then and --sync a client" "run this once for each"
  fi
  if [ "$UID_NOW" != 0 ]; then reject "--pack and --serve need root" "sudo ./$PROGRAM …"; fi
  if [ -z "$PACK$SERVE" ]; then reject "--site goes with --pack or --serve"; fi
  if [ -n "$WANT_SYSTEMD" ] && [ -n "$SCHEDULE" ]; then
    reject "--schedule is cron's: by systemd the hub is packed every ten minutes" "leave one of them out"
  fi
  : "${SITE:=/srv/hub}" "${SCHEDULE:=*/10 * * * *}"
  if is_system "$SITE"; then reject "$SITE is no place for a site" "name a folder inside it"; fi
  case $SERVE in
    '') ;;
    *[!]0-9A-Za-z.:[-]*) reject "--serve: an address such as 0.0.0.0:8000 was expected, found $SERVE" ;;
    *:[1-9][0-9][0-9][0-9] | *:[1-6][0-9][0-9][0-9][0-9]) ;;
    *) reject "--serve: an address with a port from 1024 on was expected, as 0.0.0.0:8000, found $SERVE" ;;
  esac
  if [ -n "$SERVE" ] && [ -z "$DESTDIR" ] && ! systemd_runs; then
    die "--serve: systemd doesn't run here, so nothing would start it" "let nginx serve $SITE: docs/hub.md"
  fi
  printf '%s' "$PACK" | while IFS= read -r path; do
    check_path "$path"
    if [ -z "$DESTDIR" ] && [ ! -d "$path" ]; then reject "--pack: there is no folder $path"; fi
  done
}

# Root installs for the machine, anybody else for themselves.
choose_places() {
  if [ "$UID_NOW" = 0 ]; then
    DEFAULT_DIR=/opt/datahubsync
    LINK=/usr/local/bin/datahubsync
    SHARE=/usr/local/share
    FISH=$SHARE/fish/vendor_completions.d
    UNIT_DIR=/etc/systemd/system
    return 0
  fi
  if [ -z "${HOME-}" ]; then reject "HOME isn't set" "HOME=/home/you ./$PROGRAM …"; fi
  DEFAULT_DIR=${XDG_DATA_HOME:-$HOME/.local/share}/datahubsync
  LINK=$HOME/.local/bin/datahubsync
  SHARE=${XDG_DATA_HOME:-$HOME/.local/share}
  FISH=${XDG_CONFIG_HOME:-$HOME/.config}/fish/completions
  UNIT_DIR=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
  : "${DATA_DIR:=$DEFAULT_DIR/data}"
}

# is_v2 DIR: whether the Python client's installer filled this folder.
is_v2() {
  if [ ! -f "$DESTDIR$1/config.yaml" ] && [ ! -f "$DESTDIR$1/config/config.yaml" ]; then return 1; fi
  if [ -f "$DESTDIR$1/sync.sh" ]; then
    if is_wrapper "$DESTDIR$1/sync.sh"; then return 1; fi
    if grep -q python "$DESTDIR$1/sync.sh"; then return 0; fi
  fi
  { [ -f "$DESTDIR$1/sync_client.py" ] && ! is_module "$DESTDIR$1/sync_client.py"; } || [ -f "$DESTDIR$1/data_sync_client.py" ]
}

# Our module with the names of v2.0's.
is_module() { grep -qs 'under the names of the Python client v2.0' "$1"; }

# Our own two-line stand-in for a script of v2.0.
is_wrapper() { [ -f "$1" ] && grep -q '^exec .*/datahubsync' "$1"; }

# find_v2: INSTALL_DIR, where v2.0 was put somewhere else than where we would go: its crontab line knows. The
# folder counts where it and those above it are root's or the crontab's user's.
find_v2() {
  for table in "$TMP"/crontabs/*; do
    if [ ! -f "$table" ]; then continue; fi
    # Both the quoted path and the bare one, which ends at a blank.
    sed -n '/^[[:space:]]*#/d; s/.*["'"'"']\(\/[^"'"'"']*\)\/sync\.sh.*/\1/p; t
      s/.*[[:space:]]\(\/[^[:space:]]*\)\/sync\.sh.*/\1/p; t
      s/.*cd[[:space:]]*\(\/[^[:space:];&]*\).*sync\.sh.*/\1/p' "$table" >"$TMP/candidates"
    while IFS= read -r path; do
      if ! is_v2 "$path" || ! who=$(controller "$DESTDIR$path" 2>/dev/null); then continue; fi
      if [ "$who" = "$USER_NOW" ] || [ "$who" = "${table##*/}" ]; then
        INSTALL_DIR=$path
        return 0
      fi
    done <"$TMP/candidates"
  done
}

find_install_dir() {
  if [ -n "$INSTALL_DIR" ]; then return 0; fi
  for name in .installed datahubsync config.yaml config/config.yaml; do
    if [ -e "$DESTDIR$DEFAULT_DIR/$name" ]; then INSTALL_DIR=$DEFAULT_DIR; fi
  done
  if [ -z "$INSTALL_DIR" ]; then find_v2; fi
  : "${INSTALL_DIR:=$DEFAULT_DIR}"
}

# as_owner ARGUMENTS…: in a folder of somebody else's root would have to trust what lies there, so the script
# goes on as that user; where root or this user controls the folder, it returns.
as_owner() {
  who=$(controller "$DESTDIR$INSTALL_DIR") || exit 1
  if [ "$who" = "$USER_NOW" ]; then return 0; fi
  hint="sudo -u $who ./$PROGRAM --install-dir $(sh_word "$INSTALL_DIR"), from a folder that $who can read"
  if [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$who" ]; then
    die "$INSTALL_DIR lies in a folder of $who's, who would decide what $RUN_USER runs" "choose another --install-dir"
  fi
  if [ -n "$DESTDIR" ] || ! runuser -u "$who" -- test -r "$HERE/$PROGRAM" -a -x "$HERE/datahubsync"; then
    die "$INSTALL_DIR lies in a folder of $who's: it is for $who to install there" "$hint"
  fi
  say "$INSTALL_DIR lies in a folder of $who's: going on as $who"
  rm -rf "$TMP"
  trap - EXIT
  exec runuser -u "$who" -- env -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_RUNTIME_DIR \
    HOME="$(getent passwd "$who" | cut -d : -f 6)" sh "$HERE/$PROGRAM" "$@" --install-dir "$INSTALL_DIR" <&3 3<&-
}

# Schedules that are there: $TMP/schedules has kind, user and the five fields, the first one is kept.
find_schedules() {
  : >"$TMP/schedules"
  if [ -f "$DESTDIR$CRON_FILE" ] && [ "$UID_NOW" = 0 ]; then
    awk '/^[ \t]*(#|$)/ || /^[A-Za-z_][A-Za-z0-9_]*[ \t]*=/ { next }
      $1 ~ /^@/ { print "cron.d\t" $2 "\t" $1; exit }
      { print "cron.d\t" $6 "\t" $1, $2, $3, $4, $5; exit }' "$DESTDIR$CRON_FILE" >>"$TMP/schedules"
  fi
  if [ -f "$DESTDIR$UNIT_DIR/datahubsync.timer" ]; then
    user=$(sed -n 's/^User=//p' "$DESTDIR$UNIT_DIR/datahubsync.service" 2>/dev/null || :)
    spec=$(sed -n 's/^# Schedule: //p' "$DESTDIR$UNIT_DIR/datahubsync.timer")
    printf 'systemd\t%s\t%s\n' "${user:-$USER_NOW}" "${spec:-$DEFAULT_SCHEDULE}" >>"$TMP/schedules"
  fi
  for table in "$TMP"/crontabs/*; do
    if [ ! -f "$table" ]; then continue; fi
    NAME=${table##*/} awk "$OURS"'
      ours($0) && $1 ~ /^@/ { print "crontab\t" ENVIRON["NAME"] "\t" $1; exit }
      ours($0) { print "crontab\t" ENVIRON["NAME"] "\t" $1, $2, $3, $4, $5; exit }' "$table" >>"$TMP/schedules"
  done
}

# KIND (cron.d, crontab, systemd or nothing), SCHEDULE and who ran it, from the flags and what was there.
choose_schedule() {
  find_schedules
  earlier_kind='' earlier_user='' earlier_spec=''
  if [ -s "$TMP/schedules" ]; then
    IFS=$TAB read -r earlier_kind earlier_user earlier_spec <"$TMP/schedules"
  fi
  KIND=$earlier_kind
  if [ -n "$WANT_SYSTEMD" ]; then KIND=systemd; fi
  if [ -n "$WANT_CRON" ]; then
    if [ "$UID_NOW" = 0 ]; then KIND=cron.d; else KIND="crontab"; fi
  fi
  if [ -n "$SCHEDULE$THEN" ] && [ -z "$KIND" ]; then
    option=--schedule
    if [ -n "$THEN" ]; then option=--then; fi
    reject "$option needs --setup-crontab or --systemd" "nothing is scheduled here so far"
  fi
  if [ -z "$THEN$NO_THEN" ]; then THEN=$(sed -n "s/^set${TAB}then //p" "$TMP/installed"); fi
  EARLIER_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  : "${EARLIER_USER:=$earlier_user}"
  if [ -z "$EARLIER_USER" ] && { [ -n "$V2" ] || [ -f "$DESTDIR$INSTALL_DIR/datahubsync" ]; }; then EARLIER_USER=$USER_NOW; fi
  KEEP_SPEC=
  if [ -z "$SCHEDULE" ]; then
    SCHEDULE=${earlier_spec:-$DEFAULT_SCHEDULE}
    if [ -n "$earlier_spec" ]; then KEEP_SPEC=yes; fi
  fi
  if [ -z "$KIND" ]; then return 0; fi
  # The binary knows what cron takes, and what systemd calls it.
  set -- "$SCHEDULE"
  if [ "$KIND" = systemd ]; then set -- --systemd "$@"; fi
  if ! "$SOURCE" schedule "$@" >"$TMP/calendar" 2>"$TMP/error"; then
    reject "${KEEP_SPEC:+the schedule that is there cannot be kept: }$(sed -n '1s/^error: //p' "$TMP/error")" \
      "$(sed -n 's/^hint: //p' "$TMP/error")${KEEP_SPEC:+, with --schedule}"
  fi
}

# ---- who runs the sync --------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

# choose_user: RUN_USER, and whether it has to be made (MAKE_USER) or takes over from root (FROM_ROOT).
choose_user() {
  CAN_OWN='' ROOT_OWNER='' RUN_OWNER='' RUN_GROUP='' MAKE_USER='' FROM_ROOT=''
  if [ "$UID_NOW" != 0 ]; then
    RUN_USER=$USER_NOW
    return 0
  fi
  asked=$RUN_USER
  : "${RUN_USER:=${EARLIER_USER:-$SYSTEM_USER}}"
  if [ "$(id -u "$RUN_USER" 2>/dev/null)" = 0 ]; then RUN_USER=root; fi
  if [ -n "$asked" ] && [ "$RUN_USER" = root ] && [ "$EARLIER_USER" != root ]; then
    warn "the sync runs as root, as you asked; without --user it would run as $SYSTEM_USER, who can change the data only"
  elif [ -z "$asked" ] && [ "$RUN_USER" = root ] && [ -z "$DESTDIR" ] && can_make_user; then
    RUN_USER=$SYSTEM_USER FROM_ROOT=yes
    if [ -n "$V2$KIND" ] && blocked=$(find_blocked); then
      note "The sync goes on as root: $blocked, so $SYSTEM_USER couldn't do it"
      RUN_USER=root
    elif ! ask "The sync runs as root here. Give it a user of its own, $SYSTEM_USER, who can change the data only?"; then
      note "The sync goes on as root; to give it a user of its own: sudo ./$PROGRAM --user $SYSTEM_USER"
      RUN_USER=root
    fi
  fi
  FROM_ROOT=
  if [ "$EARLIER_USER" = root ] && [ "$RUN_USER" != root ]; then FROM_ROOT=yes; fi
  if [ "$RUN_USER" = "$SYSTEM_USER" ] && ! id "$RUN_USER" >/dev/null 2>&1; then
    if [ -n "$DESTDIR" ] || ! can_make_user; then
      if [ -n "$asked" ]; then reject "there is no user $RUN_USER" "make one, or --user root"; fi
      warn "no user can be made ${DESTDIR:+inside DESTDIR}${DESTDIR:-here}: the sync runs as root; --user NAME takes one that is there"
      RUN_USER=root
    else
      MAKE_USER=yes
    fi
  fi
  set_owners
}

set_owners() {
  if RUN_GROUP=$(id -gn "$RUN_USER" 2>/dev/null); then
    CAN_OWN=yes
  elif [ -n "$MAKE_USER" ]; then
    CAN_OWN=yes RUN_GROUP=$RUN_USER
  elif [ -n "$DESTDIR" ]; then
    RUN_GROUP=$RUN_USER
    warn "no user $RUN_USER on this machine: owners inside DESTDIR are left as they are"
  else
    reject "there is no user $RUN_USER" "useradd --system --no-create-home $RUN_USER"
  fi
  if [ -n "$CAN_OWN" ]; then
    ROOT_OWNER=root:root
    RUN_OWNER=$RUN_USER:$RUN_GROUP
  fi
}

can_make_user() { id "$SYSTEM_USER" >/dev/null 2>&1 || has useradd || has adduser; }

make_user() {
  if [ -z "$MAKE_USER" ]; then return 0; fi
  begin "User $RUN_USER"
  change "make the system user $RUN_USER, who can't log in"
  if [ -z "$DRY_RUN" ]; then
    # cron wants a home that is there.
    if has useradd; then
      set -- useradd --system --user-group --no-create-home --home-dir "$INSTALL_DIR" --shell /usr/sbin/nologin
    elif adduser --version >/dev/null 2>&1; then
      set -- adduser --quiet --system --group --no-create-home --home "$INSTALL_DIR"
    else
      # Busybox's.
      addgroup -S "$RUN_USER" 2>/dev/null || :
      set -- adduser -S -D -H -h "$INSTALL_DIR" -G "$RUN_USER"
    fi
    if "$@" "$RUN_USER" 2>"$TMP/error"; then
      on_failure user "$RUN_USER"
      record user "$RUN_USER"
    else
      warn "no user can be made here, so the sync runs as root: $(head -n 1 "$TMP/error")"
      RUN_USER=root MAKE_USER=''
      set_owners
    fi
  fi
  end
}

drop_user() { if has userdel; then userdel "$1"; else deluser "$1" >/dev/null; fi; }

as_user() {
  if [ "$RUN_USER" = "$USER_NOW" ] || [ -n "$DESTDIR" ]; then "$@"; else runuser -u "$RUN_USER" -- "$@"; fi
}

# ask_check: what the binary's own check says that a run would refuse, of an installation that is there. It is asked
# about this machine, not about the hub: no proxy listens where it is sent.
ask_check() {
  if [ -n "$DESTDIR$NEW_CONFIG$MAKE_USER" ]; then return 1; fi
  set -- env -u no_proxy -u NO_PROXY http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
    timeout 60 "$SOURCE" --check --json -c "$CONFIG"
  # In its place before the move; and where the sync's user can't start the new one, root asks for it.
  if [ -z "$FROM_ROOT" ] && as_user test -x "$SOURCE"; then set -- as_user "$@"; fi
  "$@" 2>/dev/null | sed 's/{"check":/\
&/g' | sed -n 's/^{"check":"[a-z]*\.owner","verdict":"error".*"message":"\(.*\)","remedy":\(.*\)}.*/\1; \2/p' |
    sed 's/; null$/; see --check/; s/"$//; s/; "/; /' |
    grep -Fv "$SOURCE" | head -n 1 | grep .
}

# Whether root's config lists folders of others that the sync may use: then it is for the binary to judge them.
trusts_folders() { [ "$RUN_USER" = root ] && grep -qs '^trusted_folders:' "$CONFIG"; }

# find_blocked: says which of the config's folders the sync's user couldn't write to; fails where there is none.
find_blocked() {
  if [ -n "$DESTDIR" ] || [ "$UID_NOW" != 0 ]; then return 1; fi
  config_paths local_dir >"$TMP/folders"
  while IFS= read -r path; do
    if [ "${INSTALL_DIR#"$path"}" != "$INSTALL_DIR" ] || { is_system "$path" && [ "${path#/home/}" = "$path" ]; }; then
      say "$path is no folder for a dataset; choose one below it"
      return 0
    fi
    above=$path
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    if ! who=$(controller "$above" 2>"$TMP/why"); then
      if [ "$RUN_USER" = root ] && ! trusts_folders; then
        sed "s/^$PROGRAM: //; s/^hint: /; /" "$TMP/why" | tr -d '\n'
        return 0
      fi
      who=$RUN_USER
    fi
    if [ "$RUN_USER" = root ]; then
      if [ "$who" = root ] || trusts_folders; then continue; fi
      say "$path lies in a folder of $who's, which root can't trust; --user $who"
      return 0
    fi
    if [ -L "$path" ] && [ -d "$path" ] && [ "$(stat -c %U "$(dirname "$path")")" != "$RUN_USER" ] && ! is_ours "$(dirname "$path")"; then
      say "$path is a snapshot, whose link lies in a folder of $(stat -c %U "$(dirname "$path")")'s; chown $RUN_USER: $(sh_word "$(dirname "$path")")"
      return 0
    fi
    if [ "$above" != "$path" ] || [ "$(stat -Lc %U "$path")" = "$RUN_USER" ]; then continue; fi
    if [ -n "$FROM_ROOT" ] && [ "$who" = root ] && is_ours "$path"; then continue; fi
    if id "$RUN_USER" >/dev/null 2>&1 && as_user test -w "$path"; then continue; fi
    say "$path belongs to $(stat -Lc %U "$path"), and $RUN_USER can't write to it; chown -R $RUN_USER: $(sh_word "$path")"
    return 0
  done <"$TMP/folders"
  return 1
}

# ---- the binary and the config ------------------------------------------------------------------

# machine_of FILE: the processor that a program is for, as `uname -m` names it; nothing where it can't be told.
machine_of() {
  # The head of an ELF file: its magic number, and from byte 18 on the machine.
  case $(od -An -tx1 -N20 "$1" 2>/dev/null | tr -d ' \n') in
    7f454c46????????????????????????????3e00) say x86_64 ;;
    7f454c46????????????????????????????b700) say aarch64 ;;
    7f454c46*) say "another processor" ;;
  esac
}

find_binary() {
  SOURCE='' foreign=''
  here_is=$(uname -m)
  case $here_is in
    amd64) here_is=x86_64 ;;
    arm64) here_is=aarch64 ;;
  esac
  for path in "$HERE/datahubsync" "$HERE/dist/datahubsync"; do
    if [ ! -f "$path" ]; then continue; fi
    made_for=$(machine_of "$path")
    # Looked at before it is started: where an emulator is installed, it would start, and crawl.
    if [ -z "$made_for" ] || [ "$made_for" = "$here_is" ]; then
      SOURCE=$path
      break
    fi
    if [ -z "$foreign" ]; then foreign="$path is for another machine: expected $here_is, found $made_for"; fi
  done
  if [ -z "$SOURCE" ] && [ -n "$foreign" ]; then
    case $here_is in
      x86_64 | aarch64) die "$foreign" "take the archive whose name ends in linux-$here_is.tar.gz" ;;
      *) die "$foreign" "there are builds for Linux on x86_64 and aarch64 (64 bits, glibc) only" ;;
    esac
  fi
  if [ -n "$PACKAGED" ]; then SOURCE=$BINARY; fi
  if [ -z "$SOURCE" ]; then
    die "no datahubsync beside $PROGRAM ($HERE)" "copy the binary and this script into one folder"
  fi
  if [ ! -x "$SOURCE" ]; then die "$SOURCE isn't executable" "chmod 755 $(sh_word "$SOURCE")"; fi
  if ! "$SOURCE" --version >"$TMP/version" 2>"$TMP/error"; then
    die "$SOURCE doesn't run here: $(head -n 1 "$TMP/error")" "it is made for Linux on ${made_for:-x86_64} with glibc 2.27 or newer; this is $(uname -sm)"
  fi
  VERSION=$(sed -n '1s/^datahubsync //; 1p' "$TMP/version")
}

# find_config: CONFIG, the file in use; v2.0 had it in config/.
find_config() {
  CONFIG=$INSTALL_DIR/config.yaml
  NEW_CONFIG=
  if [ -f "$DESTDIR$INSTALL_DIR/config/config.yaml" ]; then
    if [ ! -f "$DESTDIR$CONFIG" ] || grep -qs 'config/config\.yaml' "$DESTDIR$INSTALL_DIR/sync.sh"; then
      CONFIG=$INSTALL_DIR/config/config.yaml
    fi
  fi
  if [ ! -f "$DESTDIR$CONFIG" ]; then NEW_CONFIG=yes; fi
}

# new_config: $TMP/new/config.yaml, with what the hub has; where there is none to ask, the example.
new_config() {
  if [ -z "$DATA_DIR" ]; then
    DATA_DIR=/data
    # The work files lie beside the data: the sync's user must own the folder above it.
    if [ -d "$DESTDIR/data" ] && [ "$RUN_USER" != root ]; then
      case $(stat -Lc %U "$DESTDIR/data") in
        "$RUN_USER") ;;
        root) DATA_DIR=/data/$RUN_USER ;;
        *) DATA_DIR=$INSTALL_DIR/data ;;
      esac
    fi
  fi
  mkdir "$TMP/new"
  EXAMPLE=
  if [ -n "$HUB_URL" ]; then
    set -- init --quiet --hub-url "$HUB_URL" --data-dir "$DATA_DIR" --output "$TMP/new/config.yaml"
    # At a terminal it asks, and says there what it doesn't take.
    if at_terminal; then
      say "error: see above" >"$TMP/error"
      "$SOURCE" "$@" <&3
    else
      "$SOURCE" "$@" 2>"$TMP/error"
    fi && code=0 || code=$?
    if [ "$code" = 0 ]; then
      # Where logrotate does it, nobody else should.
      if [ "$UID_NOW" = 0 ]; then sed -i 's/^  max_size: .*/  max_size: 0/' "$TMP/new/config.yaml"; fi
      return 0
    fi
    if [ "$code" = 2 ]; then reject "--hub-url: $(sed -n '1s/^error: //p' "$TMP/error")" "$(sed -n 's/^hint: //p' "$TMP/error")"; fi
    warn "the hub couldn't be asked for its datasets, so $CONFIG names the example's: $(sed -n '1s/^error: //p' "$TMP/error")"
    case $HUB_URL in
      *://*) ;;
      *) HUB_URL=http://$HUB_URL ;;
    esac
  fi
  EXAMPLE=yes
  if [ ! -f "$HERE/config.example.yaml" ]; then die "no config.example.yaml beside $PROGRAM ($HERE)" "copy it there, or give --hub-url"; fi
  set -- "$(sed_text "$HUB_URL")" "$(sed_text "$DATA_DIR")"
  sed "${1:+s|^\(  url: \).*|\1\"$1\"|; }s|^\(  *local_dir: \)\./data/\(.*\)|\1\"$2/\2\"|" \
    "$HERE/config.example.yaml" >"$TMP/new/config.yaml"
}

sed_text() { printf '%s' "$1" | sed 's/[&|\\]/\\&/g'; }

# read_config BINARY FILE: $TMP/paths gets what the config names, as `key<TAB>path`. A config that isn't in its
# place yet, or whose place is in DESTDIR, is read from a copy in a stand-in folder, and the paths are put right.
read_config() {
  stand_in=$INSTALL_DIR
  copy=$CONFIG
  if [ "$2" != "$CONFIG" ]; then
    stand_in=$TMP/stand-in
    copy=$stand_in${CONFIG#"$INSTALL_DIR"}
    rm -rf "$stand_in"
    mkdir -p "$(dirname "$copy")"
    cat "$2" >"$copy"
    # The state lies where it is found, so the stand-in needs it in the same place.
    for file in /.datahubsync/last_sync.json /.last_sync.json /config/.last_sync.json; do
      if [ -e "$DESTDIR$INSTALL_DIR$file" ]; then
        mkdir -p "$(dirname "$stand_in$file")"
        : >"$stand_in$file"
      fi
    done
  fi
  if ! "$1" paths -c "$copy" >"$TMP/paths.raw" 2>"$TMP/error"; then return 1; fi
  FROM=$stand_in awk -F '\t' -v OFS='\t' '
    index($2 "/", ENVIRON["FROM"] "/") == 1 { $2 = ENVIRON["INSTALL_DIR"] substr($2, length(ENVIRON["FROM"]) + 1) }
    { print }' "$TMP/paths.raw" >"$TMP/paths"
}

# config_paths KEY: the paths that the config names under KEY, one per line.
config_paths() { awk -F '\t' -v key="$1" '$1 == key { print $2 }' "$TMP/paths"; }

# ---- the steps ----------------------------------------------------------------------------------

install_program() {
  if [ -n "$PACKAGED" ]; then
    leave_to_package
    return 0
  fi
  begin "Program $VERSION in $INSTALL_DIR"
  make_dir "$INSTALL_DIR" 755 "$ROOT_OWNER"
  # What root starts lies here. Earlier versions let the sync's user write beside it.
  set_access "$INSTALL_DIR" 755 "$ROOT_OWNER"
  if [ "$SOURCE" != "$DESTDIR$BINARY" ]; then
    put_file "$SOURCE" "$BINARY" 755 "$ROOT_OWNER"
    record file "$BINARY"
  fi
  if [ -L "$DESTDIR$LINK" ] || [ ! -e "$DESTDIR$LINK" ]; then
    make_link "$BINARY" "$LINK"
    record link "$LINK"
  else
    warn "$LINK isn't from here and stays as it is"
  fi
  complete_for bash "$SHARE/bash-completion/completions/datahubsync"
  complete_for fish "$FISH/datahubsync.fish"
  # zsh looks at no folder of a user's own.
  if [ "$UID_NOW" = 0 ]; then complete_for zsh "$SHARE/zsh/site-functions/_datahubsync"; fi
  # An archive has them; where only the three files were copied, there are none.
  for page in "$HERE"/man/datahubsync*.[15]; do
    if [ ! -f "$page" ]; then continue; fi
    path=$SHARE/man/man${page##*.}/${page##*/}
    put_file "$page" "$path" 644 "$ROOT_OWNER"
    record file "$path"
  done
  for path in "$INSTALL_DIR/sync_client.py" "$INSTALL_DIR/src/sync_client.py"; do
    if recorded file "$path"; then place_module "$path"; fi
  done
  keep_user
  end
}

# The package has the program, its completions and pages: what an archive had put elsewhere goes.
leave_to_package() {
  begin "Program $VERSION, the package's $BINARY"
  make_dir "$INSTALL_DIR" 755 "$ROOT_OWNER"
  set_access "$INSTALL_DIR" 755 "$ROOT_OWNER"
  grep -E "^(file|link)$TAB" "$TMP/installed" >"$TMP/files" || :
  while IFS=$TAB read -r kind path; do
    case $path in
      "$INSTALL_DIR/datahubsync" | "$LINK" | "$SHARE"/* | "$FISH"/*)
        remove "$path"
        forget "$kind" "$path"
        ;;
    esac
  done <"$TMP/files"
  keep_user
  end
}

keep_user() {
  if recorded set "user $RUN_USER"; then return 0; fi
  grep -v "^set$TAB" "$TMP/installed" >"$TMP/installed.less" || :
  mv "$TMP/installed.less" "$TMP/installed"
  record set "user $RUN_USER"
}

complete_for() {
  "$SOURCE" completions "$1" >"$TMP/completions"
  put_file "$TMP/completions" "$2" 644 "$ROOT_OWNER"
  record file "$2"
}

# put_aside PATH: into the dated folder, which is made when the first file needs it.
put_aside() {
  if [ ! -e "$1" ]; then return 0; fi
  above=$ASIDE
  case $1 in
    "$folder"/src/*) above=$ASIDE/src ;;
  esac
  for dir in "$ASIDE" "$above"; do
    make_dir "$dir" 755 "$ROOT_OWNER"
    # What lies in there isn't ours: --uninstall leaves it.
    forget dir "$dir"
  done
  move "${1#"$DESTDIR"}" "$above/${1##*/}"
}

take_over_v2() {
  begin "Take over the v2.0 installation in $INSTALL_DIR"
  day=$(date +%Y%m%d)
  ASIDE=$INSTALL_DIR/v2-$day
  number=1
  while [ -e "$DESTDIR$ASIDE" ]; do
    number=$((number + 1))
    ASIDE=$INSTALL_DIR/v2-$day-$number
  done
  folder=$DESTDIR$INSTALL_DIR
  wrap_sync='' wrap_test=''
  if [ -f "$folder/sync.sh" ]; then wrap_sync=yes; fi
  if [ -f "$folder/test_client.sh" ]; then wrap_test=yes; fi
  modules=
  for name in sync_client.py src/sync_client.py; do
    if [ -f "$folder/$name" ]; then modules="$modules $name"; fi
  done
  for path in "$folder"/*.py "$folder"/src/sync_client.py; do
    # Somebody's own script may lie here too.
    if grep -Eqis 'datahub|sync_client|last_sync|api/datasets' "$path"; then put_aside "$path"; fi
  done
  for path in "$folder"/sync.sh "$folder"/test_client.sh "$folder"/requirements*.txt "$folder"/__pycache__ \
    "$folder"/venv "$folder"/.venv; do
    put_aside "$path"
  done
  if [ "$HERE" != "$folder" ] && grep -qs python "$folder/install_client.sh"; then
    put_aside "$folder/install_client.sh"
  fi
  # Other scripts may call these two by name.
  if [ -n "$wrap_sync" ]; then wrap sync.sh sync; fi
  if [ -n "$wrap_test" ]; then wrap test_client.sh --check; fi
  for name in $modules; do place_module "$INSTALL_DIR/$name"; done
  note "config, state, logs and data stay where they are: $CONFIG"
  end
}

# place_module PATH: what programs import that imported v2.0.
place_module() {
  if [ ! -f "$HERE/sync_client.py" ]; then
    warn "programs that import $1 need sync_client.py out of the archive: put it there"
    return 0
  fi
  put_file "$HERE/sync_client.py" "$1" 644 "$ROOT_OWNER"
  record file "$1"
}

wrap() {
  # shellcheck disable=SC2016 # the dollar is for the script that is written
  printf '#!/bin/sh\nexec %s %s -c %s "$@"\n' "$(sh_word "$BINARY")" "$2" "$(sh_word "$CONFIG")" >"$TMP/text"
  put_file "$TMP/text" "$INSTALL_DIR/$1" 755 "$ROOT_OWNER"
  record file "$INSTALL_DIR/$1"
}

install_config() {
  begin "Config $CONFIG"
  # A config with a token is for root and the sync's user only; one without keeps the mode it has.
  mode=644 owner=${ROOT_OWNER:+root:$RUN_GROUP}
  if [ "$(config_paths secret)" = yes ]; then
    mode=640
    if [ -n "$CAN_OWN" ] && [ -z "$MAKE_USER" ] && ! closed "$(id -g "$RUN_USER")" "$RUN_USER"; then
      mode=600 owner=$RUN_OWNER
    fi
  fi
  if [ -n "$NEW_CONFIG" ]; then
    put_file "$TMP/new/config.yaml" "$CONFIG" "$mode" "$owner"
    record config "$CONFIG"
  else
    note "$CONFIG stays as it is"
    if [ -n "$GIVEN_NEW" ]; then warn "$GIVEN_NEW: for a new config only, this one is left alone"; fi
    if [ "$mode" != 644 ] || { [ "$RUN_USER" != root ] && [ -n "$CAN_OWN" ] && ! can_read "$CONFIG"; }; then
      set_access "$CONFIG" "$mode" "$owner"
    fi
  fi
  example=$(dirname "$CONFIG")/config.example.yaml
  if [ -f "$HERE/config.example.yaml" ] && [ "$HERE/config.example.yaml" != "$DESTDIR$example" ]; then
    put_file "$HERE/config.example.yaml" "$example" 644 "$ROOT_OWNER"
    record file "$example"
  fi
  end
}

can_read() { [ -z "$MAKE_USER" ] && { [ -n "$DRY_RUN" ] || as_user test -r "$1"; }; }

# The folders of state, logs and data, and that the sync's user can write to what root has left there.
make_folders() {
  begin "Folders of state, logs and data"
  STATE=$(config_paths state)
  home=$(dirname "$CONFIG")/.datahubsync
  if [ "$UID_NOW" = 0 ]; then
    make_dir "$home" 755 "$RUN_OWNER"
    give "$home"
    # Beside the config the sync's user would need a folder where it could replace the program.
    if [ "$RUN_USER" != root ] && [ "$STATE" != "$home/last_sync.json" ]; then move_state "$home/last_sync.json"; fi
  fi
  config_paths log >"$TMP/logs"
  # Without a log in the config, logs/ still is where people look for one.
  make_dir "$INSTALL_DIR/logs" 755 "$RUN_OWNER"
  give "$INSTALL_DIR/logs"
  while IFS= read -r path; do
    make_dir "$(dirname "$path")" 755 "$RUN_OWNER"
    for file in "$path" "$path".[0-9]* "$path"-[0-9]*; do give_ours "$file"; done
  done <"$TMP/logs"
  { config_paths mirror; config_paths metrics | sed 's|/[^/]*$||'; } >"$TMP/folders"
  while IFS= read -r path; do
    make_dir "$path" 755 "$RUN_OWNER"
    give_ours "$path"
    if [ -z "$DRY_RUN" ] && ! as_user test -w "$DESTDIR$path"; then
      warn "$RUN_USER can't write to $path; type: chown $RUN_USER: $(sh_word "$path")"
    fi
  done <"$TMP/folders"
  config_paths metrics >"$TMP/folders"
  while IFS= read -r path; do give_ours "$path"; done <"$TMP/folders"
  # What a sync left beside the data is known by its name alone.
  { config_paths owned_dir; config_paths unfinished; } >"$TMP/folders"
  while IFS= read -r path; do give "$path"; done <"$TMP/folders"
  config_paths local_dir >"$TMP/folders"
  while IFS= read -r path; do place_data "$path"; done <"$TMP/folders"
  end
}

# give_ours PATH: what a sync made, or what lies in a folder of this user's, whatever the config says.
give_ours() {
  for part in "$1" "$(dirname "$1")"; do
    if [ "$(stat -Lc %U "$DESTDIR$part" 2>/dev/null)" = "$RUN_USER" ] || is_ours "$part"; then
      give "$1"
      return 0
    fi
  done
}

# place_data FOLDER: where the sync's user can't make the work folder beside the data, it goes inside.
place_data() {
  if trusts_folders; then return 0; fi
  give_ours "$1"
  above=$(dirname "$1")
  if [ -n "$EXAMPLE" ]; then
    # The example's datasets are nobody's choice yet.
    make_dir "$above" 755 "$RUN_OWNER"
    return 0
  fi
  if [ ! -e "$DESTDIR$1" ]; then make_dir "$above" 755 "$RUN_OWNER"; fi
  if [ -n "$FROM_ROOT" ] && is_ours "$above"; then set_access "$above" "$(stat -c %a "$above")" "$RUN_OWNER"; fi
  if [ "$UID_NOW" != 0 ] || [ -L "$DESTDIR$1" ] || [ -e "$DESTDIR$(work_beside "$1")" ]; then return 0; fi
  if ! is_system "$above" && { [ -z "$CAN_OWN" ] || [ ! -d "$DESTDIR$above" ] || [ "$(stat -Lc %U "$DESTDIR$above")" = "$RUN_USER" ]; }; then
    return 0
  fi
  if [ -e "$DESTDIR$1/.datahubsync" ]; then return 0; fi
  note "$above isn't $RUN_USER's, or is everybody's: the work files of $1 go inside it, into .datahubsync"
  make_dir "$1" 755 "$RUN_OWNER"
  make_dir "$1/.datahubsync" 700 "$RUN_OWNER"
}

# move_state PATH: the state as it is, or a new one, where its user may write.
move_state() {
  if [ -e "$DESTDIR$1" ]; then return 0; fi
  change "make the state $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  old=$DESTDIR$STATE
  if [ -L "$old" ] || [ ! -f "$old" ]; then old=/dev/null; fi
  on_failure remove "$DESTDIR$1"
  # shellcheck disable=SC2016 # the dollar is for the inner shell
  by "$DESTDIR$1" sh -c 'cat >"$1"' sh "$DESTDIR$1" <"$old"
  if [ "$old" != /dev/null ]; then
    remove "$STATE"
    remove "$STATE.lock"
  fi
}

install_logrotate() {
  if [ ! -s "$TMP/logs" ]; then return 0; fi
  if [ "$UID_NOW" != 0 ]; then
    note "Without root there is no logrotate: set logging.max_size in $CONFIG to bound the log"
    return 0
  fi
  begin "Log rotation"
  # logrotate runs as root, reads a name as a pattern, and believes the folder.
  if grep -q '["\\*?{}]' "$TMP/logs" || grep -q '\[' "$TMP/logs"; then
    warn "logrotate would take this name for a pattern: $(head -n 1 "$TMP/logs"); set logging.max_size instead"
    end
    return 0
  fi
  {
    say "$HEADER"
    while IFS= read -r path; do printf '"%s" {\n' "$path"; done <"$TMP/logs"
    # A run that is still writing keeps its file: compressing waits for the next day.
    cat <<END
    su $RUN_USER $RUN_GROUP
    daily
    rotate 14
    compress
    delaycompress
    missingok
    notifempty
    nocreate
}
END
  } >"$TMP/text"
  put_file "$TMP/text" "$LOGROTATE_FILE" 644 "$ROOT_OWNER"
  record file "$LOGROTATE_FILE"
  end
}

# One schedule, wherever the earlier one was: the new one is written first, the others go after it.
install_schedule() {
  if [ -z "$KIND" ]; then
    note "No schedule: run this again with --setup-crontab or --systemd to get one"
    return 0
  fi
  begin "Schedule \"$SCHEDULE\" by $KIND, as $RUN_USER"
  if [ "$KIND" != systemd ] && [ "$(cron_command | wc -c)" -gt 900 ]; then
    die "the command after the sync is too long for a crontab" "put it into a script, and give that: --then /path/of/the/script"
  fi
  grep -v "^set${TAB}then " "$TMP/installed" >"$TMP/installed.less" || :
  mv "$TMP/installed.less" "$TMP/installed"
  if [ -n "$THEN" ]; then record set "then $THEN"; fi
  case $KIND in
    cron.d) write_cron_file ;;
    crontab)
      if [ -z "$DESTDIR" ] && ! has crontab; then
        die "there is no crontab command here" "apt-get install cron, or use --systemd"
      fi
      new_variables / | cut -d = -f 1 | while IFS= read -r name; do
        warn "the job needs DATAHUBSYNC_$name: add a line DATAHUBSYNC_$name=… above its line with: crontab -e"
      done
      edit_crontab "$RUN_USER" "$SCHEDULE $(cron_command) $MARK"
      record crontab "$RUN_USER"
      ;;
    systemd) write_units ;;
  esac
  if [ "$KIND" != cron.d ]; then drop_cron_file; fi
  if [ "$KIND" != systemd ]; then drop_units; fi
  drop_crontab_lines
  warn_of_other_schedules
  end
}

write_cron_file() {
  if [ -z "$DESTDIR" ] && ! has cron && ! has crond; then
    warn "cron isn't installed here: apt-get install cron, or use --systemd"
  fi
  {
    say "$HEADER. Its next run keeps the time and the variables."
    say "SHELL=/bin/sh"
    say "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    # A proxy, MAILTO or DATAHUBSYNC_TOKEN that somebody put here.
    sed -n '/^SHELL[ =]/d; /^PATH[ =]/d; /^[A-Za-z_][A-Za-z0-9_]*[ 	]*=/p' "$DESTDIR$CRON_FILE" 2>/dev/null || :
    new_variables "$CRON_FILE" | sed 's/^/DATAHUBSYNC_/'
    say "$SCHEDULE $RUN_USER $(cron_command)"
  } >"$TMP/text"
  mode=644
  if grep -q '^DATAHUBSYNC_' "$TMP/text"; then mode=600; fi
  put_file "$TMP/text" "$CRON_FILE" "$mode" "$ROOT_OWNER"
  record file "$CRON_FILE"
}

# new_variables FILE: the variables that the config takes from the environment, as NAME=value without their
# DATAHUBSYNC_, where FILE hasn't them: without them the job would fail at its first run.
new_variables() {
  if [ -z "$NEW_CONFIG" ]; then return 0; fi
  grep -v '^ *#' "$TMP/new/config.yaml" | grep -o '{DATAHUBSYNC_[A-Z0-9_]*}' | sort -u | sed 's/^.\{13\}//; s/}$//' |
    while IFS= read -r name; do
      value=$(printenv "DATAHUBSYNC_$name" || :)
      if [ -n "$value" ] && ! grep -qs "DATAHUBSYNC_$name *=" "$DESTDIR$1"; then printf '%s=%s\n' "$name" "$value"; fi
    done | grep -v '[[:cntrl:]]' || :
}

drop_cron_file() {
  if [ "$UID_NOW" != 0 ]; then return 0; fi
  remove "$CRON_FILE"
  forget file "$CRON_FILE"
}

drop_crontab_lines() {
  for table in "$TMP"/crontabs/*; do
    name=${table##*/}
    if [ ! -f "$table" ] || { [ "$KIND" = crontab ] && [ "$name" = "$RUN_USER" ]; }; then continue; fi
    edit_crontab "$name" ''
    forget crontab "$name"
  done
}

# A line that somebody wrote by hand isn't ours to take away, but two schedules are worth a word.
warn_of_other_schedules() {
  for table in "$TMP"/crontabs/* "$DESTDIR"/etc/crontab "$DESTDIR"/etc/cron.d/*; do
    if [ ! -f "$table" ] || [ "$table" = "$DESTDIR$CRON_FILE" ]; then continue; fi
    grep -v '^[[:space:]]*#' "$table" 2>/dev/null | grep -F -e "$BINARY" -e "$INSTALL_DIR/sync.sh" |
      grep -Fv -- "$MARK" >"$TMP/others" || :
    if [ -s "$TMP/others" ]; then
      case $table in
        "$TMP"/*) table="the crontab of ${table##*/}" ;;
      esac
      warn "another schedule is in ${table#"$DESTDIR"}: $(head -n 1 "$TMP/others")"
    fi
  done
}

# ---- systemd ------------------------------------------------------------------------------------

# What the sync writes to: folders of the installation's own, never one that is everybody's.
writable_folders() {
  {
    say "$(dirname "$CONFIG")/.datahubsync"
    if [ "$RUN_USER" = root ]; then dirname "$(config_paths state)"; fi
    config_paths mirror
    { config_paths log; config_paths metrics; } | while IFS= read -r path; do
      above=$(dirname "$path")
      if is_system "$above"; then say "$path"; else say "$above"; fi
    done
    config_paths local_dir | while IFS= read -r path; do
      above=$(dirname "$path")
      # The work folder lies beside the data, or inside it.
      if [ -e "$DESTDIR$path/.datahubsync" ] || grep -Fqx -- "$path/.datahubsync" "$TMP/would_make"; then above=$path; fi
      if is_system "$above"; then above=$path; fi
      say "$above"
    done
  } | sort -u
}

write_units() {
  writable_folders >"$TMP/writable"
  write_then >"$TMP/then"
  write_service "keeps local datasets up to date with the hub" oneshot \
    "sync -c $(unit_word "$CONFIG" | sed 's/\$/$$/g') -q --wait $WAIT${THEN:+ --changes}" >"$TMP/unit"
  sed "/^ExecStart=/r $TMP/then" "$TMP/unit" >"$TMP/text"
  put_file "$TMP/text" "$UNIT_DIR/datahubsync.service" 644 "$ROOT_OWNER"
  record file "$UNIT_DIR/datahubsync.service"
  variables=$UNIT_DIR/datahubsync.service.d/environment.conf
  new_variables "$variables" >"$TMP/variables"
  if [ -s "$TMP/variables" ]; then
    {
      say "[Service]"
      while IFS= read -r line; do say "Environment=$(unit_word "DATAHUBSYNC_$line")"; done <"$TMP/variables"
    } >"$TMP/secret"
    put_file "$TMP/secret" "$variables" 600 "$ROOT_OWNER"
    record file "$variables"
  fi
  timer=$DESTDIR$UNIT_DIR/datahubsync.timer
  if [ -n "$KEEP_SPEC" ] && grep -qs '^OnCalendar=' "$timer"; then
    # Somebody may have set a time there that cron's fields can't say.
    grep '^OnCalendar=' "$timer" >"$TMP/calendar"
  fi
  cat >"$TMP/text" <<END
$HEADER
# Schedule: $SCHEDULE
[Unit]
Description=When DataHubSync runs

[Timer]
$(cat "$TMP/calendar")
# Many clients of one hub shouldn't all come in the same second.
RandomizedDelaySec=2min
Persistent=true

[Install]
WantedBy=timers.target
END
  put_file "$TMP/text" "$UNIT_DIR/datahubsync.timer" 644 "$ROOT_OWNER"
  record file "$UNIT_DIR/datahubsync.timer"
  make_link ../datahubsync.timer "$UNIT_DIR/timers.target.wants/datahubsync.timer"
  record link "$UNIT_DIR/timers.target.wants/datahubsync.timer"
  if [ "$UID_NOW" != 0 ]; then note "to run while you aren't logged in: loginctl enable-linger $USER_NOW"; fi
  if systemd_runs; then
    change "start datahubsync.timer"
    if [ -z "$DRY_RUN" ]; then
      on_failure timer stop
      tell_systemd start
    fi
  fi
}

# The unit's lines for --then. The plus: what the sync may touch says nothing of what the command may.
write_then() {
  if [ -z "$THEN" ]; then return 0; fi
  as=
  if [ "$UID_NOW" = 0 ] && [ "$RUN_USER" != root ]; then
    as="/usr/bin/setpriv --reuid=$RUN_USER --regid=$RUN_GROUP --init-groups -- "
  fi
  say "# While changes are unread; fails with the unit, and runs again next time."
  say "ExecStopPost=+$as/bin/sh -c $(exec_word "$(then_command)")"
  say "# It may take its time, which systemd counts as stopping."
  say "TimeoutStopSec=infinity"
}

# write_service WHAT TYPE WORDS: a unit that runs the program and may write to what $TMP/writable lists.
write_service() {
  # systemd takes no program with a quote in its path, but env may start one.
  case $BINARY in
    *\'*) env_first='/usr/bin/env ' ;;
    *) env_first= ;;
  esac
  cat <<END
$HEADER
[Unit]
Description=DataHubSync: $1
Wants=network-online.target
After=network-online.target

[Service]
Type=$2
ExecStart=${env_first}$(unit_word "$BINARY") $3
# 4: another run holds the lock and does the work.
SuccessExitStatus=4
UMask=0022
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# No MemoryDenyWriteExecute=: V8 compiles JavaScript to machine code while it runs.
END
  # A user's own systemd can't make the mounts that the rest needs.
  if [ "$UID_NOW" != 0 ]; then return 0; fi
  cat <<END
User=$RUN_USER
Group=$RUN_GROUP
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
END
  while IFS= read -r path; do
    # The minus: a folder that is missing is for the sync to report, in words.
    printf 'ReadWritePaths=%s\n' "$(unit_word "-$path")"
  done <"$TMP/writable"
  if grep -Eq '^/(home|root|run/user)(/|$)' "$TMP/writable"; then
    say "ProtectHome=read-only"
  else
    say "ProtectHome=yes"
  fi
  if ! grep -Eq '^/(var/)?tmp(/|$)' "$TMP/writable"; then say "PrivateTmp=yes"; fi
  cat <<'END'
PrivateDevices=yes
PrivateMounts=yes
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
# No ProcSubset=pid: it hides the kernel's version, which decides how files are flushed.
RemoveIPC=yes
KeyringMode=private
END
}

systemd_runs() {
  if [ -n "$DESTDIR" ] || ! has systemctl; then return 1; fi
  if [ "$UID_NOW" = 0 ]; then [ -d /run/systemd/system ]; else [ -e "${XDG_RUNTIME_DIR:-/nowhere}/systemd/private" ]; fi
}

# tell_systemd start|stop: reads the units again and starts or stops the timer.
tell_systemd() {
  if [ "$UID_NOW" = 0 ]; then set -- "$1" --system; else set -- "$1" --user; fi
  systemctl "$2" daemon-reload
  if [ "$1" = start ]; then systemctl "$2" restart datahubsync.timer; else systemctl "$2" stop datahubsync.timer; fi
}

drop_units() {
  if [ ! -e "$DESTDIR$UNIT_DIR/datahubsync.timer" ] && [ ! -e "$DESTDIR$UNIT_DIR/datahubsync.service" ]; then return 0; fi
  if systemd_runs; then
    change "stop datahubsync.timer"
    if [ -z "$DRY_RUN" ]; then
      on_failure timer start
      tell_systemd stop
    fi
  fi
  for path in timers.target.wants/datahubsync.timer datahubsync.timer datahubsync.service; do
    remove "$UNIT_DIR/$path"
    forget file "$UNIT_DIR/$path"
    forget link "$UNIT_DIR/$path"
  done
  if systemd_runs && [ -z "$DRY_RUN" ]; then tell_systemd stop 2>/dev/null || :; fi
}

# ---- the hub's end ------------------------------------------------------------------------------

HUB_UNITS='datahubsync-pack.service datahubsync-serve.service'
HUB_CRON=/etc/cron.d/datahubsync-hub

install_hub() {
  find_binary
  KIND=cron.d
  if [ -n "$WANT_SYSTEMD" ]; then KIND=systemd; fi
  EARLIER_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  NEW_CONFIG=''
  choose_user
  refuse_unreadable
  say "DataHubSync $VERSION to $DESTDIR$INSTALL_DIR: a hub in $SITE${DRY_RUN:+ (dry run: nothing is changed)}"
  make_user
  install_program
  begin "The hub's site"
  make_dir "$SITE" 755 "$RUN_OWNER"
  make_dir "$INSTALL_DIR/logs" 755 "$RUN_OWNER"
  end
  if [ -n "$PACK" ]; then
    begin "Pack every folder, as $RUN_USER"
    if [ "$KIND" = systemd ]; then write_pack_unit; else write_pack_cron; fi
    end
  fi
  if [ -n "$SERVE" ]; then
    begin "Serve $SITE on $SERVE, as $RUN_USER"
    printf '' >"$TMP/writable"
    hub_unit datahubsync-serve.service "serves $SITE" "serve $(unit_word "$SITE") --listen $SERVE"
    end
  fi
  if [ "$KIND" = cron.d ] && [ -n "$PACK" ]; then
    printf '%s\n' "$INSTALL_DIR/logs/hub.log" >"$TMP/logs"
    LOGROTATE_FILE=/etc/logrotate.d/datahubsync-hub
    install_logrotate
  fi
  if [ -n "$DRY_RUN" ]; then say "Dry run: $CHANGES changes would be made, none was."; fi
}

# A folder that the site's user can't read would never be packed: said before anything is made.
refuse_unreadable() {
  if [ -n "$DESTDIR" ]; then return 0; fi
  # Who is to be made has nobody's rights.
  who=$RUN_USER
  if [ -n "$MAKE_USER" ]; then who=nobody; fi
  printf '%s' "$PACK" | while IFS= read -r path; do
    if ! runuser -u "$who" -- test -r "$path" -a -x "$path"; then
      reject "$RUN_USER couldn't read $path" "chmod o+rx $(sh_word "$path"), or --user OWNER"
    fi
  done
  if [ -d "$SITE" ] && ! runuser -u "$who" -- test -w "$SITE"; then
    if [ -n "$MAKE_USER" ] || [ "$(stat -c %U "$SITE")" != "$RUN_USER" ]; then
      reject "$RUN_USER couldn't write to $SITE" "choose another --site, or --user $(stat -c %U "$SITE")"
    fi
  fi
}

# pack_words WORD: the command behind the program, its paths quoted by WORD.
pack_words() {
  printf 'pack'
  printf '%s' "$PACK" | while IFS= read -r path; do printf ' %s' "$("$1" "$path")"; done
  printf ' --output %s --settle 60s' "$("$1" "$SITE")"
}

write_pack_cron() {
  drop_hub_unit datahubsync-pack.service
  {
    say "$HEADER"
    say "SHELL=/bin/sh"
    say "$SCHEDULE $RUN_USER $(cron_word "$BINARY") $(pack_words cron_word) -q >>$(cron_word "$INSTALL_DIR/logs/hub.log") 2>&1"
  } >"$TMP/text"
  put_file "$TMP/text" "$HUB_CRON" 644 "$ROOT_OWNER"
  record file "$HUB_CRON"
}

write_pack_unit() {
  remove "$HUB_CRON"
  forget file "$HUB_CRON"
  printf '%s\n' "$SITE" >"$TMP/writable"
  hub_unit datahubsync-pack.service "packs folders into $SITE" "$(pack_words exec_word) --every 10m"
}

# A word of a unit's command, where a dollar would begin a variable.
exec_word() { unit_word "$1" | sed 's/\$/$$/g'; }

# hub_unit NAME WHAT WORDS: a service that runs from the machine's start on.
hub_unit() {
  {
    write_service "$2" simple "$3"
    cat <<'END'
Restart=on-failure
RestartSec=30

[Install]
WantedBy=multi-user.target
END
  } >"$TMP/text"
  # What lies in homes is only read.
  if printf '%s' "$PACK$SITE" | grep -Eq '^/(home|root|run/user)(/|$)'; then
    sed 's/^ProtectHome=yes/ProtectHome=read-only/' "$TMP/text" >"$TMP/other"
    mv "$TMP/other" "$TMP/text"
  fi
  if printf '%s' "$PACK$SITE" | grep -Eq '^/(var/)?tmp(/|$)'; then
    grep -v '^PrivateTmp=' "$TMP/text" >"$TMP/other"
    mv "$TMP/other" "$TMP/text"
  fi
  put_file "$TMP/text" "$UNIT_DIR/$1" 644 "$ROOT_OWNER"
  record file "$UNIT_DIR/$1"
  make_link "../$1" "$UNIT_DIR/multi-user.target.wants/$1"
  record link "$UNIT_DIR/multi-user.target.wants/$1"
  if systemd_runs; then
    change "start $1"
    if [ -z "$DRY_RUN" ]; then
      on_failure unit "$1"
      systemctl --system daemon-reload
      systemctl --system restart "$1"
    fi
  fi
}

drop_hub_unit() {
  if [ ! -e "$DESTDIR$UNIT_DIR/$1" ]; then return 0; fi
  if systemd_runs; then
    change "stop $1"
    if [ -z "$DRY_RUN" ]; then systemctl --system stop "$1"; fi
  fi
  for path in "multi-user.target.wants/$1" "$1"; do
    remove "$UNIT_DIR/$path"
    forget file "$UNIT_DIR/$path"
    forget link "$UNIT_DIR/$path"
  done
}

# ---- uninstall ----------------------------------------------------------------------------------

uninstall() {
  RUN_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  : "${RUN_USER:=$USER_NOW}"
  if ! grep -Eq "^(file|link|crontab)$TAB" "$TMP/installed"; then
    if [ -z "$PURGE" ] || [ ! -f "$DESTDIR$CONFIG" ]; then
      die "nothing in $INSTALL_DIR was installed by this script" "--install-dir DIR, where it is elsewhere"
    fi
  fi
  if [ "$UID_NOW" = 0 ]; then
    begin "Stop the hub"
    remove "$HUB_CRON"
    for unit in $HUB_UNITS; do drop_hub_unit "$unit"; done
    end
  fi
  refuse_while_running
  if [ -n "$PURGE" ]; then look_for_purge; fi
  say "DataHubSync in $DESTDIR$INSTALL_DIR will be removed"

  begin "Remove the schedule"
  KIND=''
  if recorded file "$CRON_FILE"; then drop_cron_file; fi
  drop_units
  drop_crontab_lines
  end

  begin "Remove the program"
  grep -E "^(file|link)$TAB" "$TMP/installed" >"$TMP/files" || :
  while IFS=$TAB read -r _ path; do remove "$path"; done <"$TMP/files"
  end

  if [ -n "$PURGE" ]; then
    begin "Purge config, state and logs"
    while IFS= read -r path; do
      case $path in
        "$INSTALL_DIR"/*) remove "$path" ;;
        /bin/* | /boot/* | /dev/* | /etc/* | /lib*/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/*)
          if [ -e "$DESTDIR$path" ]; then warn "$path is named by the config, but is the system's: it stays"; fi
          ;;
        *) remove "$path" ;;
      esac
    done <"$TMP/purge"
    end
  fi

  begin "Remove folders that are empty"
  if [ -n "$PURGE" ] || [ ! -e "$DESTDIR$CONFIG" ]; then
    remove "$INSTALL_DIR/.installed"
  elif [ -z "$DRY_RUN" ]; then
    # For a --purge that comes later.
    grep -E "^(dir|config|user|set)$TAB" "$TMP/installed" | grep -v "^set${TAB}then " >"$TMP/less" || :
    put_now "$TMP/less" "$DESTDIR$INSTALL_DIR/.installed" 644 ''
  fi
  { grep "^dir$TAB" "$TMP/installed" || :; } | cut -f 2- | sort -r >"$TMP/folders"
  # What a step keeps for its undo would count as content: this one is finished by hand.
  if [ -z "$DRY_RUN" ]; then
    drop_kept
    : >"$TMP/undo"
    : >"$TMP/kept"
  fi
  while IFS= read -r path; do remove_empty "$path"; done <"$TMP/folders"
  end
  if [ -n "$PURGE" ] && recorded user "$RUN_USER"; then purge_user; fi
  if [ -e "$DESTDIR$CONFIG" ] && [ -z "$DRY_RUN" ]; then say "Config, state and logs stay in $INSTALL_DIR; --uninstall --purge removes them too."; fi
  say "Data was left alone."
}

remove_empty() {
  if [ ! -d "$DESTDIR$1" ]; then return 0; fi
  if [ -n "$DRY_RUN" ]; then
    note "would remove folder $1 where it is empty"
  elif by "$DESTDIR$1" rmdir -- "$DESTDIR$1" 2>/dev/null; then
    note "remove folder $1"
  fi
}

# The number of a user who is gone would be somebody else's some day, and the data with it.
purge_user() {
  while IFS= read -r path; do
    if [ -e "$path" ]; then
      note "the user $RUN_USER stays, since the data is its own"
      return 0
    fi
  done <"$TMP/data"
  change "remove the user $RUN_USER"
  if [ -z "$DRY_RUN" ]; then drop_user "$RUN_USER"; fi
}

# A sync that runs would write its state again behind our back.
refuse_while_running() {
  if [ -n "$DESTDIR" ]; then return 0; fi
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe" 2>/dev/null || :)
    if [ "${program% (deleted)}" = "$BINARY" ]; then
      die "$BINARY runs as process ${process#/proc/}" "wait for it, or: kill ${process#/proc/}"
    fi
  done
}

# look_for_purge: $TMP/purge, every file that --purge removes besides the program. Read before the program goes.
look_for_purge() {
  : >"$TMP/paths"
  reader=$DESTDIR$BINARY
  if [ ! -x "$reader" ]; then reader=$HERE/datahubsync; fi
  folder=$(dirname "$CONFIG")
  if [ -f "$DESTDIR$CONFIG" ] && { [ ! -x "$reader" ] || ! read_config "$reader" "$DESTDIR$CONFIG"; }; then
    warn "the config can't be read: only the usual places are purged"
    printf 'owned\t%s\n' "$folder/.last_sync.json" "$folder/.datahubsync" "$INSTALL_DIR/logs/sync.log" >"$TMP/paths"
  fi
  config_paths local_dir >"$TMP/data"
  { say "$CONFIG"; say "$INSTALL_DIR/logs/hub.log"; config_paths owned; } >"$TMP/purge"
  { config_paths owned_dir; config_paths unfinished; } >"$TMP/folders"
  while IFS= read -r path; do
    record dir "$path"
    if [ -e "$DESTDIR$path/journal" ]; then
      warn "$path holds an unfinished publish and stays"
      grep -Fv -- "$path/" "$TMP/purge" >"$TMP/less" || :
      mv "$TMP/less" "$TMP/purge"
    fi
  done <"$TMP/folders"
}

# ---- main ---------------------------------------------------------------------------------------

first_sync() {
  if [ -z "$WANT_SYNC" ]; then return 0; fi
  if [ -n "$DESTDIR" ]; then
    warn "--sync: not inside DESTDIR"
    return 0
  fi
  say "==> First sync"
  if [ -n "$DRY_RUN" ]; then
    note "would run $BINARY sync -c $CONFIG"
    return 0
  fi
  if as_user "$BINARY" sync -c "$CONFIG"; then
    note "all datasets are up to date"
  else
    code=$?
    warn "all is installed, but the sync ended with $code; see: $(typed --check)"
    exit "$code"
  fi
}

# typed WORDS: the command that a person types next.
typed() {
  who=
  if [ "$UID_NOW" = 0 ] && [ "$RUN_USER" != root ]; then
    if has sudo; then who="sudo -u $RUN_USER "; else who="runuser -u $RUN_USER -- env "; fi
  elif [ "$UID_NOW" = 0 ] && [ -n "${SUDO_USER-}" ]; then
    who="sudo "
  fi
  if [ -n "$who" ]; then who=$who$(new_variables / | sed 's/^/DATAHUBSYNC_/; s/=.*/=… /' | tr -d '\n'); fi
  if [ -n "$PACKAGED" ] || { [ "$(readlink "$DESTDIR$LINK")" = "$BINARY" ] && [ "$UID_NOW" = 0 ]; }; then
    printf '%sdatahubsync %s' "$who" "$1"
  else
    printf '%s%s %s -c %s' "$who" "$(sh_word "$BINARY")" "$1" "$(sh_word "$CONFIG")"
  fi
}

say_next() {
  if [ -n "$DESTDIR" ]; then
    say "Done."
    return 0
  fi
  say "Done. Next:"
  if [ -n "$EXAMPLE" ]; then say "  ${SUDO_USER:+sudo }${EDITOR:-nano} $(sh_word "$CONFIG")    # hub and datasets"; fi
  if [ -n "$WANT_SYNC" ]; then
    say "  $(typed status)"
  else
    say "  $(typed --check)"
    if [ -n "$NEW_CONFIG" ]; then say "  $(typed sync)    # the first sync"; fi
  fi
}

install() {
  find_binary
  choose_schedule
  EXAMPLE=
  config_now=$DESTDIR$CONFIG
  if [ -n "$NEW_CONFIG" ]; then
    : >"$TMP/paths"
    choose_user
    new_config
    config_now=$TMP/new/config.yaml
  fi
  if ! read_config "$SOURCE" "$config_now"; then
    sed "s|$TMP/stand-in|$INSTALL_DIR|g" "$TMP/error" >&2
    reject "the config can't be used, so nothing was changed: $CONFIG" "fix it and run this again"
  fi
  if [ -z "$NEW_CONFIG" ]; then choose_user; fi
  see_crontab "$RUN_USER"
  if [ -z "$EXAMPLE" ] && blocked=$(find_blocked || ask_check); then
    reject "the sync would fail, so nothing was changed: ${blocked%;*}" "${blocked##*; }, or name another folder in $CONFIG"
  fi
  way="a fresh installation"
  earlier=
  if [ -n "$PACKAGED" ]; then
    way="a schedule for the package's $BINARY"
  elif [ -f "$DESTDIR$BINARY" ]; then
    way="an upgrade"
    # Only a program of one's own is asked what it is.
    if [ -z "$DESTDIR" ] && [ "$(stat -c %u "$BINARY")" = "$UID_NOW" ]; then
      earlier=$("$BINARY" --version 2>/dev/null | sed -n '1s/^datahubsync //; 1p') || earlier=
    fi
  fi
  if [ -n "$V2" ]; then way="taking over v2.0"; fi
  say "DataHubSync $VERSION to $DESTDIR$INSTALL_DIR: $way${DRY_RUN:+ (dry run: nothing is changed)}"

  make_user
  if [ -n "$FROM_ROOT" ]; then begin "Move from root to $RUN_USER"; fi
  install_program
  if [ -n "$V2" ]; then take_over_v2; fi
  install_config
  make_folders
  install_logrotate
  install_schedule
  if [ -n "$FROM_ROOT" ]; then end last; fi
  first_sync

  if [ -n "$DRY_RUN" ]; then
    say "Dry run: $CHANGES changes would be made, none was."
    return 0
  fi
  if [ -n "$earlier" ] && "$SOURCE" version --changes "$earlier" >"$TMP/changes" 2>/dev/null && [ -s "$TMP/changes" ]; then
    say "New since $earlier:"
    cat "$TMP/changes"
  fi
  say_next
}

main() {
  INSTALL_DIR='' DATA_DIR='' HUB_URL='' SCHEDULE='' RUN_USER='' THEN='' NO_THEN='' WANT_CRON='' WANT_SYSTEMD='' WANT_SYNC=''
  PACKAGED='' PACK='' SITE='' SERVE='' DRY_RUN='' UNINSTALL='' PURGE='' STEP='' TMP='' CHANGES=0 V2='' CAN_OWN='' ROOT_OWNER='' FROM_ROOT=''
  DESTDIR=${DESTDIR-}
  DESTDIR=${DESTDIR%/}
  UID_NOW=$(id -u)
  USER_NOW=$(id -un 2>/dev/null || id -u)
  HERE=$(cd -P "$(dirname "$0")" && pwd)
  # Nothing here reads what is typed, by mistake or otherwise: who wants an answer reads from 3.
  exec 3<&0 </dev/null

  read_options "$@"
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # Root's own, whatever TMPDIR says; where nothing of /run is, / is.
  if [ "$UID_NOW" != 0 ]; then spare=${TMPDIR:-/tmp}; elif [ -d /run ]; then spare=/run; else spare=/; fi
  TMP=$(mktemp -d "$spare/datahubsync-install.XXXXXX")
  TMP=$(cd -P "$TMP" && pwd)
  : >"$TMP/would_make"
  mkdir "$TMP/crontabs"
  check_options
  if [ -n "$DESTDIR" ]; then
    if [ ! -d "$DESTDIR" ]; then reject "DESTDIR: there is no folder $DESTDIR" "make it first"; fi
    DESTDIR=$(cd -P "$DESTDIR" && pwd -P)
    DESTDIR=${DESTDIR%/}
  fi
  GIVEN_NEW=${HUB_URL:+--hub-url}${DATA_DIR:+ --data-dir}
  choose_places
  see_crontab "$USER_NOW"
  if [ "$UID_NOW" = 0 ]; then see_crontab "${SUDO_USER-}"; fi
  find_install_dir
  as_owner "$@"
  BINARY=$INSTALL_DIR/datahubsync
  # Without a binary beside it, the script serves the one of a package.
  if [ "$UID_NOW" = 0 ] && [ -z "$DESTDIR" ] && [ -f "$PACKAGE_FILE" ] && [ -f /usr/bin/datahubsync ] &&
    [ ! -f "$HERE/datahubsync" ] && [ ! -f "$HERE/dist/datahubsync" ]; then
    PACKAGED=yes
    BINARY=/usr/bin/datahubsync
    if [ -z "$UNINSTALL" ] && [ -f /etc/datahubsync/config.yaml ]; then
      die "the package's own config is there: /etc/datahubsync/config.yaml" \
        "systemctl enable --now datahubsync.timer; or move it to $INSTALL_DIR/config.yaml and run this again"
    fi
  fi
  CRON_BINARY=$(cron_word "$BINARY")
  # For awk, which reads them from the environment: -v would take a backslash for an escape.
  export INSTALL_DIR MARK CRON_BINARY
  list=$DESTDIR$INSTALL_DIR/.installed
  : >"$TMP/installed"
  if [ -f "$list" ] && [ ! -L "$list" ] && [ "$(stat -c %u "$list")" = "$UID_NOW" ]; then cat "$list" >"$TMP/installed"; fi
  find_config
  if is_v2 "$INSTALL_DIR"; then V2=yes; fi
  if [ -n "$UNINSTALL" ]; then uninstall; elif [ -n "$SITE" ]; then install_hub; else install; fi
}

main "$@"
