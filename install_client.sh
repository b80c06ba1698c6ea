#!/usr/bin/env bash
#
# Installs DataHubSync, upgrades it, takes over a v2.0 installation, or uninstalls it.
#
# One long file on purpose: it is copied to a server together with the binary, and nothing else may be needed there.
# It is written in POSIX sh, for Linux. What to do, it asks the binary that it installs (`installer`), which changes
# nothing; as whom each change may be made, the script decides when it makes it. Uninstalling needs no binary.
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
# - of two that run at once the second waits for the first, where `flock` is there.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
set -eu
umask 022
unset CDPATH
# What is closed would become the next file that is opened.
if ! { true 9>&2; }; then exec 2>/dev/null; fi
if ! { true 9<&0; } 2>/dev/null; then exec </dev/null; fi
if ! { true 9>&1; } 2>/dev/null; then exec >/dev/null; fi

PROGRAM=${0##*/}
TAB=$(printf '\t')
NEWLINE='
'
MARK='# datahubsync (install_client.sh)'
SYSTEM_USER=datahubsync
SPOOL=/var/spool/cron/crontabs

# ---- the user's language ------------------------------------------------------------------------

# any_binary QUESTION…: what the one beside the script answers, or else a package's; fails where there is none.
any_binary() {
  for speaker in "$SOURCE" /usr/bin/datahubsync; do
    if [ -x "$speaker" ] && "$speaker" installer "$@" 2>/dev/null; then return 0; fi
  done
  return 1
}

usage() { any_binary usage "LANGUAGE=$LANGUAGE" || say "Usage: $PROGRAM --uninstall [--purge] [--install-dir DIR] [--dry-run]"; }

# machine_of FILE: the processor that a program is for, as `uname -m` names it; nothing where it can't be told.
machine_of() {
  # The head of an ELF file: its magic number, and from byte 18 on the machine.
  case $(od -An -tx1 -N20 "$1" 2>/dev/null | tr -d ' \n') in
    7f454c46????????????????????????????3e00) say x86_64 ;;
    7f454c46????????????????????????????b700) say aarch64 ;;
    7f454c46*) t "another processor" ;;
  esac
}

# check_beside: ends the run where somebody else has put something beside this script, as anybody may in /tmp: it
# would be started, or installed. Who could change the script itself may.
check_beside() {
  PIPED=yes AUTHOR=$UID_NOW
  case ${0##*/} in
    sh | bash | dash | ash | ksh | mksh | zsh | yash | -*) ;;
    *) if [ -f "$0" ]; then PIPED='' AUTHOR=$(stat -Lc %u "$0"); fi ;;
  esac
  set -- dist dist/datahubsync datahubsync config.example.yaml sync_client.py man
  if [ -n "$PIPED" ]; then
    case $(stat -c %A "$HERE") in d???????w[!tT]) die "$(t "other users can change what is in %s" "$HERE")" "$(t "copy the binary and this script into a folder of your own")" ;; esac
    set -- . "$@"
  fi
  for path; do
    path=$HERE/$path
    case $(stat -c %u "$path" 2>/dev/null) in
      '' | 0 | "$UID_NOW" | "$AUTHOR") ;;
      *) die "$(t "%s belongs to %s, and lies beside this script" "$path" "$(stat -c %U "$path")")" "$(t "copy the binary and this script into a folder of your own")" ;;
    esac
  done
}

# find_binary: SOURCE, the one that lies beside the script and is for this processor, or one that isn't: foreign.
find_binary() {
  SOURCE='' foreign='' HERE_IS=$(uname -m | sed 's/^amd64$/x86_64/; s/^arm64$/aarch64/')
  for path in "$HERE/dist/datahubsync" "$HERE/datahubsync"; do
    if [ ! -f "$path" ]; then continue; fi
    # Looked at before it is started: where an emulator is installed, it would start, and crawl.
    case $(machine_of "$path") in
      "$HERE_IS" | '') SOURCE=$path ;;
      *) foreign=$path ;;
    esac
  done
}

# speak ARGUMENTS…: WORDS, what is said here in Chinese, where --lang or the locale asks for it and there is a
# binary to ask; else English.
speak() {
  WORDS='' LANGUAGE=en
  while [ $# -gt 0 ]; do
    case $1 in --lang=?*) set -- --lang "${1#*=}" "$@" ;; esac
    if [ "$1" = --lang ] && [ -n "${2-}" ]; then
      # For the binary, too; bash complains of a locale that isn't installed.
      case $2 in zh) LANG=zh_CN.UTF-8 ;; *) LANG=C.UTF-8 ;; esac
      export LANG
      { unset LC_ALL LC_MESSAGES; } 2>/dev/null
      break
    fi
    shift
  done
  # It has no words for a terminal of another encoding than UTF-8, where they would be nonsense.
  case ${LC_ALL:-${LC_MESSAGES:-${LANG-}}} in zh*) WORDS=$(any_binary chinese) || WORDS='' ;; esac
  if [ -n "$WORDS" ]; then LANGUAGE=zh; fi
}

t() {
  format=$1; shift
  words=$NEWLINE$WORDS
  case $words in
    *"$NEWLINE$format$TAB"*)
      words=${words#*"$NEWLINE$format$TAB"}
      format=${words%%"$NEWLINE"*}
      ;;
  esac
  # shellcheck disable=SC2059 # the format is one of the script's own
  printf -- "$format" "$@"
}

# ---- saying and asking --------------------------------------------------------------------------

# Where nobody reads any more (`| head`), a subshell dies of the broken pipe in the script's place.
# shellcheck disable=SC2059 # the formats are those below
voice() { (printf "$@") 2>/dev/null || :; }
say() { voice '%s\n' "$1"; }
note() { voice '    %s\n' "$1"; }
warn() { voice '  ! %s\n' "$1" >&2; }

# as_typed HINT: whoever came by sudo types its commands the same way.
as_typed() {
  if [ "$UID_NOW" != 0 ] || [ -z "${SUDO_USER-}" ]; then say "$1"; return 0; fi
  say "$1" | sed -E 's/(^|&& )((chmod|chown|systemctl|useradd|mount|apt-get|dnf) |[^ ]*datahubsync key )/\1sudo \2/g'
}

# by_root COMMAND: whoever isn't root, or is by sudo, types it before a command; without sudo there is su.
by_root() {
  if [ "$UID_NOW" = 0 ] && { [ -z "${SUDO_USER-}" ] || ! has sudo; }; then say "$1"
  elif has sudo; then say "sudo $1"
  else say "su -c $(sh_word "$1")"; fi
}
# by_user USER COMMAND: the same for another user.
by_user() { if has sudo; then say "sudo -u $1 $2"; else by_root "runuser -u $1 -- $2"; fi; }

# complain CODE MESSAGE [HINT]: ends the run; a step that is under way is undone first.
complain() {
  voice '%s: %s\n' "$PROGRAM" "$2" >&2
  if [ $# -gt 2 ]; then say "$(t "hint: %s" "$(as_typed "$3")")" >&2; fi
  exit "$1"
}
die() { complain 1 "$@"; }
# The command line or the config is wrong; nothing has been changed.
reject() { complain 2 "$1" "${2:-$(t "%s --help lists the options" "$PROGRAM")}"; }

# What the binary has said in $TMP/error, in either language.
error_said() { sed -n '1s/^error: //p; 1s/^错误：//p' "$TMP/error"; }
hint_said() { sed -n 's/^hint: //p; s/^提示：//p' "$TMP/error"; }

at_terminal() { [ -t 3 ] && [ -t 1 ]; }

# ask QUESTION: whether the person at the terminal agrees; no where there is nobody.
ask() {
  at_terminal || return 1
  printf '%s [Y/n] ' "$1"
  IFS= read -r answer <&3 || return 1
  case $answer in '' | [Yy]* | 是*) return 0 ;; *) return 1 ;; esac
}

# change WHAT: announces one change; fails where it isn't to be made, in a dry run.
change() {
  CHANGES=$((CHANGES + 1))
  if [ -z "$DRY_RUN" ]; then note "$1"; return 0; fi
  note "$(t "would %s" "$1")"
  return 1
}

# ---- steps, and how to undo them ----------------------------------------------------------------

# begin TITLE: a step, or a part of the one that is under way.
begin() {
  say "==> $1"
  if [ -n "$STEP" ]; then return 0; fi
  STEP=$1 BEGUN=yes
  : >"$TMP/undo"
  : >"$TMP/kept"
  CHANGES_BEFORE=$CHANGES
}

# Ends a step: what was kept for undoing it goes, and the list of what is installed is brought up to date.
end() {
  if [ "$CHANGES" = "$CHANGES_BEFORE" ]; then note "$(t "nothing to change")"; fi
  if [ -z "$DRY_RUN" ]; then drop_kept; save_list; fi
  STEP=
}

drop_kept() {
  while IFS= read -r kept; do by "$kept" rm -rf -- "$kept"; done <"$TMP/kept"
  : >"$TMP/kept"
}

# on_failure OPERATION ARGUMENT [ARGUMENT]: what undoes the change that comes next.
on_failure() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:--}" >>"$TMP/undo"; }

undo_step() {
  say "$PROGRAM: $(t "\"%s\" failed." "$STEP")" >&2
  if [ ! -s "$TMP/undo" ]; then say "$PROGRAM: $(t "nothing had been changed yet.")" >&2; return 0; fi
  undone=yes
  sed '1!G;h;$!d' "$TMP/undo" >"$TMP/undo.reversed"
  while IFS=$TAB read -r operation one two; do
    case $operation in
      remove) by "$one" rm -f -- "$one" ;;
      rmdir) by "$one" rmdir -- "$one" ;;
      # Where nothing has taken a file's place yet, what is kept is a second name of it, which mv refuses.
      restore) if [ "$(stat -c %i "$one")" = "$(stat -c %i "$two" 2>/dev/null)" ]; then by "$one" rm -f -- "$one"; else by "$two" mv -f -- "$one" "$two"; fi ;;
      access) chown -h "${two#* }" "$one" && chmod "${two%% *}" "$one" ;;
      owner) hand "$one" "$RUN_USER" "$two" ;;
      user) drop_user "$one" ;;
      crontab) load_crontab "$one" "$two" ;;
      unit) tell_systemd "$one" "$two" ;;
    esac || {
      undone=
      warn "$(t "could not undo: %s %s %s" "$operation" "$one" "$two")"
    }
  done <"$TMP/undo.reversed"
  if [ -n "$undone" ]; then say "$PROGRAM: $(t "it is undone; the steps before it stand. Fix the cause and run this again.")" >&2; fi
}

finish() {
  code=$?
  set +e
  trap - EXIT
  trap '' HUP INT TERM
  if [ -n "$CHILD" ]; then { kill -TERM "-$CHILD" || kill "$CHILD"; } 2>/dev/null && wait "$CHILD"; fi
  if [ -n "$STEP" ] && [ "$code" -ne 0 ] && [ -z "$DRY_RUN" ]; then
    undo_step
  elif [ "$code" -gt 128 ] && [ -z "$BEGUN" ]; then
    say "$PROGRAM: $(t "nothing was changed.")" >&2
  fi
  if [ -n "$TMP" ]; then rm -rf "$TMP"; fi
  exit "$code"
}

# record KIND PATH: one line of .installed (file, link, dir, config, crontab, user, set).
record() { recorded "$1" "$2" || printf '%s\t%s\n' "$1" "$2" >>"$TMP/installed"; }

forget() { without "$TMP/installed" -Fx -- "$1$TAB$2"; }

# without FILE ARGUMENT…: takes the lines out that grep finds with these.
without() {
  file=$1; shift
  grep -v "$@" "$file" >"$file.less" || :
  mv "$file.less" "$file"
}

recorded() { grep -Fqx -- "$1$TAB$2" "$TMP/installed"; }

save_list() {
  if [ ! -d "$DESTDIR$INSTALL_DIR" ] || [ -n "$UNINSTALL" ]; then return 0; fi
  if [ ! -f "$LIST" ] || ! cmp -s "$TMP/installed" "$LIST"; then put_now "$TMP/installed" "$LIST" 644 "$ROOT_OWNER"; fi
}

# save_now: the same in the middle of a step, for a run that is killed in the rest of it.
save_now() {
  if [ -n "$DRY_RUN" ] || cmp -s "$TMP/installed" "$LIST"; then return 0; fi
  sweep "$LIST"
  keep_for_undo "$LIST"
  save_list
}

# ---- who controls a path ------------------------------------------------------------------------

# closed GID USER: whether nobody but root and USER is in the group.
closed() {
  { getent group "$1" | cut -d : -f 4 | tr , '\n'; getent passwd | awk -F : -v gid="$1" '$4 == gid { print $1 }'; } |
    grep -vx -e root -e "$2" -e '' >/dev/null && return 1 || return 0
}

# fuse_mounts: MOUNTER FOLDER of each FUSE file system that a user mounted, who makes it say any owner.
fuse_mounts() {
  awk '{ for (i = 7; $i != "-" && i < NF; i++) continue }
    $(i + 1) ~ /^fuse/ && match($(i + 3), /user_id=[1-9][0-9]*/) {
      gsub(/\\040/, " ", $5)
      print substr($(i + 3), RSTART + 8, RLENGTH - 8) "\t" $5
    }' /proc/self/mountinfo 2>/dev/null || :
}

# controller FOLDER: the user who decides what lies there: root, or the first other owner of a folder or link on
# the way. Fails where anybody could change it. Without root all is done as the user anyway.
controller() {
  if [ "$UID_NOW" != 0 ]; then say "$USER_NOW"; return 0; fi
  part=$1
  while [ ! -d "$part" ]; do part=$(dirname "$part"); done
  real=$(cd -P -- "$part" && pwd -P) || die "$(t "%s can't be entered" "$part")"
  case $real/ in
    "$DESTDIR"/*) ;;
    *) die "$(t "%s leads out of DESTDIR, to %s" "$part" "$real")" "$(t "remove that link")" ;;
  esac
  # The owner of a link counts, and so does every folder that it leads through.
  printf '%s\n' "$part" "$real" |
    awk -F / '{ way = ""; print "/"; for (i = 2; i <= NF; i++) if ($i != "") print way = way "/" $i }' |
    sort -u | tr '\n' '\0' | xargs -0 stat -c "%U %g %A %n" -- >"$TMP/way.stat" || die "$(t "%s can't be looked at" "$part")"
  fuse_mounts >"$TMP/mounts"
  boss=root
  while read -r owner gid rights part; do
    while IFS=$TAB read -r mounter mount; do
      if [ "$mount" = "$part" ]; then owner=$(id -nu "$mounter" 2>/dev/null || say "$mounter"); fi
    done <"$TMP/mounts"
    if [ "$owner" != root ] && [ "$owner" != "$boss" ]; then
      if [ "$boss" != root ]; then die "$(t "%s belongs to %s, and %s could replace it" "$part" "$owner" "$boss")" "chown $boss: $(sh_word "$part")"; fi
      boss=$owner
    fi
    case $rights in
      l* | d????????[tT]) ;;
      d???????w* | d????w*)
        if [ "${rights#d???????w}" != "$rights" ] || ! closed "$gid" "$boss"; then
          die "$(t "other users can change what is in %s" "$part")" "chmod go-w $(sh_word "$part")"
        fi
        ;;
    esac
  done <"$TMP/way.stat"
  say "$boss"
}

# Of root's variables another user's command gets what a sync reads, and these.
HANDED_ON='LANG LC_ALL LC_CTYPE LC_MESSAGES TERM TZ HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy
  all_proxy no_proxy'

# apart USER -- COMMAND…: runs it as USER, in a session of its own: what has root's terminal for its own could type
# there. Its variables are made before it is that user's, who could read root's. A signal that ends the script is
# passed on.
apart() {
  whom=$1
  set -- runuser -u "$@"
  if has setsid; then set -- setsid "$@"; fi
  for variable in $HANDED_ON $(env | sed -n 's/^\(DATAHUBSYNC_[A-Z0-9_]*\)=.*/\1/p'); do
    eval "held=\${$variable-}"
    # Nobody is many, and only looks.
    if [ -n "$held" ] && [ "$whom" != nobody ]; then set -- "$variable=$held" "$@"; fi
  done
  set -- env -i "PATH=$PATH" "HOME=$(getent passwd "$whom" | cut -d : -f 6)" "USER=$whom" "LOGNAME=$whom" "$@"
  if ! has setsid; then "$@" && return 0 || return; fi
  { "$@" <&9 9<&- & } 9<&0
  CHILD=$!
  wait "$CHILD" && ended=0 || ended=$?
  CHILD=
  return "$ended"
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
    apart "$who" -- "$@"
  else
    die "$(t "%s is in a folder that belongs to %s, who could replace it with anything" "$1" "$who")" "$(t "choose another folder, or --user %s" "$who")"
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
  if [ -L "$1" ] || [ ! -e "$1" ]; then return 0; fi
  # Where others may change the way there, nothing is given.
  count=$(hand "$1" root 2>/dev/null | wc -l)
  if [ "$count" -gt 0 ] && change "$(t "give %s to %s (root owned %s files and folders of it)" "$1" "$RUN_USER" "$count")"; then
    if [ -n "$FROM_ROOT" ]; then on_failure owner "$1" "$ROOT_OWNER"; fi
    hand "$1" root "$RUN_OWNER"
  fi
  if [ -n "$DRY_RUN" ] || [ "$(stat -c %U "$1")" != "$RUN_USER" ]; then return 0; fi
  # Files with a second name, as the versions of a snapshot share them: the user makes copies.
  # shellcheck disable=SC2016 # the dollars are for the inner shell
  apart "$RUN_USER" -- find -P "$1" -xdev -user root -type f -links +1 -exec sh -c '
    for file; do cp -p -- "$file" "$file.new.tmp" && mv -f -- "$file.new.tmp" "$file"; done' sh '{}' + 2>/dev/null || :
}

# ---- changes (each is announced, undone on failure, and left out in a dry run) ------------------
# Paths are those of the installed system; $DESTDIR goes in front wherever a file is touched.

own() { if [ -n "$2" ]; then chown -h "$2" "$1"; fi; }

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
  if [ "$who" != "$USER_NOW" ]; then die "$(t "%s is in a folder that belongs to %s, who could replace it" "$1" "$who")" "$(t "root writes only where no other user can")"; fi
}

# name_kept PATH: kept, the name of what is kept of it until the step ends. A leading dot: cron and logrotate pass it by.
name_kept() {
  kept=$(dirname "$1")/.$(basename "$1").undo.$$
  printf '%s\n' "$kept" >>"$TMP/kept"
}

# sweep PATH: removes what a run that was killed had kept of it, or half written beside it.
sweep() {
  if [ -n "$DRY_RUN" ]; then return 0; fi
  beside=$(dirname "$1")/.$(basename "$1")
  for left in "$beside".undo.* "$beside".new.*; do
    case $left in *.undo.*[!0-9]* | *.new.*.*) continue ;; esac
    # What this step has kept, it may need.
    if grep -Fqsx -- "$left" "$TMP/kept"; then continue; fi
    if [ -e "$left" ] || [ -L "$left" ]; then by "$1" rm -rf -- "$left"; fi
  done
}

# keep_for_undo FILE: a failure puts the file back as it is now, or removes it where there was none.
keep_for_undo() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then on_failure remove "$1"; return 0; fi
  name_kept "$1"
  if [ -L "$1" ]; then cp -P "$1" "$kept"; else ln "$1" "$kept" 2>/dev/null || cp -p "$1" "$kept"; fi
  on_failure restore "$kept" "$1"
}

# with_access WHAT MODE OWNER: names mode and owner where they aren't the usual ones.
with_access() {
  case $2$3 in 644 | 755 | 644root:root | 755root:root) say "$1" ;; *) t "%s (mode %s)" "$1" "$(access_words "$2" "$3")" ;; esac
}
access_words() { if [ -n "$2" ]; then t "%s, owner %s" "$1" "$2"; else say "$1"; fi; }

# put_file SOURCE PATH MODE OWNER
put_file() {
  target=$DESTDIR$2
  if [ -d "$target" ]; then die "$(t "%s is a folder, a file was expected" "$2")" "$(t "move it away and run this again")"; fi
  root_only "$2"
  sweep "$target"
  if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s "$1" "$target"; then set_access "$2" "$3" "$4"; return 0; fi
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  if ! change "$(t "write %s" "$(with_access "$2" "$3" "$4")")"; then
    # The words of a schedule are what a dry run is read for; the binary and the config aren't.
    if [ "$1" = "$TMP/text" ]; then sed 's/^\(DATAHUBSYNC_[A-Z0-9_]*=\).*/\1…/; s/^/      | /' "$1"; fi
    return 0
  fi
  keep_for_undo "$target"
  put_now "$1" "$target" "$3" "$4"
}

# put PATH [MODE [SOURCE]]: a file of root's that the list names; its text is $TMP/text.
put() {
  put_file "${3:-$TMP/text}" "$1" "${2:-644}" "$ROOT_OWNER"
  : >"$TMP/text"
  record file "$1"
}

# put_quietly PATH MODE: a dry run doesn't show what is in it.
put_quietly() {
  mv "$TMP/text" "$TMP/quiet"
  put "$1" "$2" "$TMP/quiet"
}

put_config() {
  put_file "$TMP/new/config.yaml" "$1" "$2" "$3"
  record config "$1"
}

# set_access PATH MODE OWNER, where OWNER may be empty: leave it. A link stays as it is.
set_access() {
  if [ ! -e "$DESTDIR$1" ] || [ -L "$DESTDIR$1" ]; then return 0; fi
  root_only "$1"
  mode_now=$(stat -c %a "$DESTDIR$1")
  owner_now=$(stat -c %U:%G "$DESTDIR$1")
  if [ "$mode_now" = "$2" ] && [ "$owner_now" = "${3:-$owner_now}" ]; then return 0; fi
  change "$(t "set mode %s on %s" "$(access_words "$2" "$3")" "$1")" || return 0
  on_failure access "$DESTDIR$1" "$mode_now $(stat -c %u:%g "$DESTDIR$1")"
  own "$DESTDIR$1" "$3"
  chmod "$2" "$DESTDIR$1"
}

# make_dir PATH MODE OWNER: after the folders above it; one that is there stays as it is.
make_dir() {
  if [ -d "$DESTDIR$1" ] || grep -Fqsx -- "$1" "$TMP/would_make"; then return 0; fi
  if [ -e "$DESTDIR$1" ]; then die "$(t "%s is a file, a folder was expected" "$1")" "$(t "move it away and run this again")"; fi
  make_dir "$(dirname "$1")" "$2" "$3"
  if change "$(t "make folder %s" "$(with_access "$1" "$2" "$3")")"; then
    by "$DESTDIR$1" mkdir -m "$2" -- "$DESTDIR$1"
    on_failure rmdir "$DESTDIR$1"
    if [ "$who" = "$USER_NOW" ]; then own "$DESTDIR$1" "$3"; fi
    record dir "$1"
  else
    printf '%s\n' "$1" >>"$TMP/would_make"
  fi
}

make_link() {
  sweep "$DESTDIR$2"
  if [ -L "$DESTDIR$2" ] && [ "$(readlink "$DESTDIR$2")" = "$1" ]; then return 0; fi
  root_only "$2"
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  change "$(t "link %s to %s" "$2" "$1")" || return 0
  keep_for_undo "$DESTDIR$2"
  # In a folder that nobody else writes to: ln refuses a name that is there.
  fresh=$(dirname "$DESTDIR$2")/.$(basename "$2").new.$$
  ln -s "$1" "$fresh"
  mv -f "$fresh" "$DESTDIR$2"
}

# remove PATH: a file, a link, or a folder of the installation's with all that is in it.
remove() {
  sweep "$DESTDIR$1"
  if [ ! -e "$DESTDIR$1" ] && [ ! -L "$DESTDIR$1" ]; then return 0; fi
  change "$(t "remove %s" "$1")" || return 0
  name_kept "$DESTDIR$1"
  by "$DESTDIR$1" mv -T -- "$DESTDIR$1" "$kept"
  on_failure restore "$kept" "$DESTDIR$1"
}

# take_out PATH: removes a file or link of this script's, also from the list.
take_out() {
  remove "$1"
  forget file "$1"
  forget link "$1"
}

move() {
  change "$(t "move %s to %s" "$1" "$2")" || return 0
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

# crontab_of USER ARGUMENTS…: the command, which takes a user of root only.
crontab_of() {
  if [ "$UID_NOW" = 0 ]; then set -- -u "$@"; else shift; fi
  crontab "$@"
}

read_crontab() { if [ -z "$DESTDIR" ]; then crontab_of "$1" -l; else [ ! -L "$DESTDIR$SPOOL/$1" ] && cat "$DESTDIR$SPOOL/$1"; fi; }

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
  if [ -z "$2" ]; then
    change "$(t "take the schedule out of the crontab of %s" "$1")" || return 0
  elif ! change "$(t "set the schedule in the crontab of %s" "$1")"; then
    printf '      | %s\n' "$2"
    return 0
  fi
  cp "$before" "$TMP/crontab.$1.before"
  on_failure crontab "$1" "$TMP/crontab.$1.before"
  load_crontab "$1" "$TMP/crontab"
  cp "$TMP/crontab" "$before"
}

# load_crontab USER FILE: makes FILE the crontab of USER, an empty one means none; unless it is what stands there, since
# what is undone may be a load that failed.
load_crontab() {
  read_crontab "$1" >"$TMP/now" 2>/dev/null || :
  if cmp -s "$2" "$TMP/now"; then return 0; fi
  if [ -n "$DESTDIR" ] && [ -s "$2" ]; then
    mkdir -p "$DESTDIR$SPOOL" && put_now "$2" "$DESTDIR$SPOOL/$1" 600 ''
  elif [ -n "$DESTDIR" ]; then
    rm -f "$DESTDIR$SPOOL/$1"
  elif [ -s "$2" ]; then
    crontab_of "$1" "$2"
  else
    crontab_of "$1" -r
  fi
}

sh_word() {
  case $1 in
    *[!A-Za-z0-9_./:@+-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

# A word for cron, where a percent sign would end the command.
cron_word() { sh_word "$1" | sed 's/%/\\%/g'; }

# ---- looking around -----------------------------------------------------------------------------

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --*=*) option=${1%%=*} value=${1#*=} && shift && set -- "$option" "$value" "$@" ;;
    esac
    case $1 in
      --install-dir | --data-dir | --hub-url | --schedule | --then | --user | --pack | --site | --serve | --sign | --lang)
        case ${2-} in '' | --*) reject "$(t "%s needs a value" "$1")" ;; esac
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
          --sign) SIGN=$SIGN$(absolute "$2")$NEWLINE ;;
          --lang) case $2 in en | zh) ;; *) reject "$(t "--lang: en or zh was expected, found \"%s\"" "$2")" ;; esac ;;
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
      -h | --help) usage && exit 0 ;;
      *) reject "$(t "unknown option: %s" "$1")" ;;
    esac
    shift
  done
}

# A path from the root, without a slash at its end.
absolute() {
  case $1 in /*) path=$1 ;; *) path=$(pwd)/$1 ;; esac
  while [ "$path" != / ] && [ "${path%/}" != "$path" ]; do path=${path%/}; done
  printf '%s' "$path"
}

# What is wrong whether or not there is a binary to ask; it knows the rest.
check_options() {
  if [ -n "$PURGE" ] && [ -z "$UNINSTALL" ]; then reject "$(t "--purge goes with --uninstall only")"; fi
  if [ -n "$UNINSTALL" ] && [ -n "$PACK$SITE$SERVE$SIGN" ]; then
    reject "$(t "--uninstall removes the hub, too; it takes no --pack, --site, --serve or --sign")"
  fi
  if [ -n "$UNINSTALL" ] && [ -n "$WANT_CRON$WANT_SYSTEMD$WANT_SYNC$SCHEDULE$THEN$NO_THEN$HUB_URL$DATA_DIR" ]; then
    reject "$(t "--uninstall takes --purge, --install-dir and --dry-run only")"
  fi
  for path in "$INSTALL_DIR" "$DATA_DIR" "$DESTDIR" "$SITE"; do
    case $path/ in
      *[\\\"\$\`]* | *[[:cntrl:]]*) reject "$(t "a path with \\, \", \$, \` or control characters can't be used: %s" "$path")" ;;
      */../* | */./*) reject "$(t "a path with . or .. can't be used: %s" "$path")" ;;
    esac
  done
  # Root's installation and data don't take all of what is everybody's.
  for path in "$INSTALL_DIR" "$DATA_DIR"; do
    case $UID_NOW$path in
      0/*/*) ;;
      0/ | 0/bin* | 0/boot* | 0/dev* | 0/etc* | 0/home | 0/lib* | 0/media | 0/mnt | 0/opt | 0/proc* | 0/root | 0/run* | \
        0/sbin* | 0/sys* | 0/tmp | 0/usr* | 0/var)
        reject "$(t "%s is no place for this" "$path")" "$(t "name a folder inside it")"
        ;;
    esac
  done
  if ! sh -nc "$THEN" 2>"$TMP/error"; then reject "$(t "--then: the shell can't read it: %s" "$(sed -n '1s/^[^:]*: //p' "$TMP/error")")"; fi
}

# Root installs for the machine, anybody else for themselves.
choose_places() {
  if [ "$UID_NOW" = 0 ]; then
    DEFAULT_DIR=/opt/datahubsync LINK=/usr/local/bin/datahubsync UNIT_DIR=/etc/systemd/system
    SHARE=/usr/local/share FISH=/usr/local/share/fish/vendor_completions.d
    return 0
  fi
  if [ -z "${HOME-}" ]; then reject "$(t "HOME isn't set")" "HOME=/home/you ./$PROGRAM …"; fi
  SHARE=${XDG_DATA_HOME:-$HOME/.local/share} LINK=$HOME/.local/bin/datahubsync
  DEFAULT_DIR=$SHARE/datahubsync
  FISH=${XDG_CONFIG_HOME:-$HOME/.config}/fish/completions UNIT_DIR=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
}

# find_install_dir: INSTALL_DIR; where v2.0 was put somewhere else than where we would go, its crontab line knows. That
# folder counts where it and those above it are root's or the crontab's user's.
find_install_dir() {
  if [ -n "$INSTALL_DIR" ]; then return 0; fi
  for name in .installed datahubsync config.yaml config/config.yaml; do
    if [ -e "$DESTDIR$DEFAULT_DIR/$name" ]; then INSTALL_DIR=$DEFAULT_DIR; fi
  done
  if [ -z "$INSTALL_DIR" ] && [ -x "$SOURCE" ] && answer v2 2>/dev/null; then
    while IFS=$TAB read -r user path; do
      who=$(controller "$DESTDIR$path" 2>/dev/null) || continue
      case $who in "$USER_NOW" | "$user") INSTALL_DIR=$path && break ;; esac
    done <"$TMP/plan"
  fi
  : "${INSTALL_DIR:=$DEFAULT_DIR}"
}

# as_owner ARGUMENTS…: in a folder of somebody else's root would have to trust what lies there, so the script
# goes on as that user; where root or this user controls the folder, it returns.
as_owner() {
  who=$(controller "$DESTDIR$INSTALL_DIR") || exit 1
  if [ "$who" = "$USER_NOW" ]; then return 0; fi
  if [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$who" ]; then
    die "$(t "%s is in a folder that belongs to %s, who would then decide what %s runs" "$INSTALL_DIR" "$who" "$RUN_USER")" "$(t "choose another --install-dir")"
  fi
  if [ -n "$DESTDIR$PIPED" ] || ! apart "$who" -- test -r "$HERE/$PROGRAM" -a -x "$HERE/datahubsync"; then
    die "$(t "%s is in a folder that belongs to %s: only %s can install there" "$INSTALL_DIR" "$who" "$who")" \
      "$(t "%s, from a folder that %s can read" "$(by_user "$who" "./$PROGRAM --install-dir $(sh_word "$INSTALL_DIR")")" "$who")"
  fi
  say "$(t "%s is in a folder that belongs to %s: continuing as %s" "$INSTALL_DIR" "$who" "$who")"
  # What it has begun, it says.
  BEGUN=yes
  apart "$who" -- sh "$HERE/$PROGRAM" "$@" --install-dir "$INSTALL_DIR" <&3 3<&- 8<&- || exit
  exit 0
}

# ---- who runs the sync --------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }
can_make_user() { id "$SYSTEM_USER" >/dev/null 2>&1 || has useradd || has adduser; }
drop_user() { if has userdel; then userdel "$1"; else deluser "$1" >/dev/null; fi; }

# choose_user: RUN_USER, and whether it has to be made (MAKE_USER) or takes over from root (FROM_ROOT).
choose_user() {
  if [ "$UID_NOW" != 0 ]; then RUN_USER=$USER_NOW; return 0; fi
  ASKED=$RUN_USER
  : "${RUN_USER:=${EARLIER_USER:-$SYSTEM_USER}}"
  if [ "$(id -u "$RUN_USER" 2>/dev/null)" = 0 ]; then RUN_USER=root; fi
  if [ -z "$ASKED$DESTDIR" ] && [ "$RUN_USER" = root ] && can_make_user; then
    RUN_USER=$SYSTEM_USER FROM_ROOT=yes
    if [ -n "$V2$KIND" ]; then follow blocked; fi
    if [ -n "$BLOCKED" ]; then
      note "$(t "The sync keeps running as root, since %s" "$BLOCKED")"
      note "$(t "to change that: %s; then: %s" "$(as_typed "$REMEDY")" "$(by_root "./$PROGRAM --user $SYSTEM_USER")")"
      RUN_USER=root
    elif ! ask "$(t "The sync runs as root here. Run it as a separate user, %s, that can change nothing but the data?" "$SYSTEM_USER")"; then
      note "$(t "The sync keeps running as root; to run it as a separate user: %s" "$(by_root "./$PROGRAM --user $SYSTEM_USER")")"
      RUN_USER=root
    fi
  fi
  set_owners
}

set_owners() {
  BLOCKED='' RUN_GROUP=$(id -gn "$RUN_USER" 2>/dev/null) || RUN_GROUP=
  follow user
  ROOT_OWNER=${CAN_OWN:+root:root} RUN_OWNER=${CAN_OWN:+$RUN_USER:$RUN_GROUP}
}

make_user() {
  if [ -z "$MAKE_USER" ]; then return 0; fi
  begin "$(t "User %s" "$RUN_USER")"
  if change "$(t "make the system user %s, who can't log in" "$RUN_USER")"; then
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
      warn "$(t "no user can be made here, so the sync runs as root: %s" "$(head -n 1 "$TMP/error")")"
      RUN_USER=root ASKED=
      set_owners
    fi
  fi
  # A move away from root is one step: half of it would leave a schedule that can't write.
  if [ -z "$FROM_ROOT" ]; then end; fi
}

as_user() { if [ "$RUN_USER" = "$USER_NOW" ] || [ -n "$DESTDIR" ]; then "$@"; else apart "$RUN_USER" -- "$@"; fi; }

# block WHY REMEDY [FOLDER]: what the sync would fail at, unless its user may write to the folder.
block() {
  if [ -n "$BLOCKED" ] || { [ -n "$3" ] && id "$RUN_USER" >/dev/null 2>&1 && as_user test -w "$3"; }; then return 0; fi
  BLOCKED=$1 REMEDY=$2
}

# ask_check: $TMP/check, what the binary's own check says of an installation that is there. It is asked about this
# machine, not about the hub: no proxy listens where it is sent.
ask_check() {
  set -- env -u no_proxy -u NO_PROXY http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
    timeout 60 "$SOURCE" --check --json -c "$CONFIG"
  # In its place before the move; and where the sync's user can't start the new one, root asks for it.
  if [ -z "$FROM_ROOT" ] && as_user test -x "$SOURCE"; then set -- as_user "$@"; fi
  "$@" >"$TMP/check" 2>/dev/null || :
}

# ---- the binary and the config ------------------------------------------------------------------

need_binary() {
  if [ -z "$SOURCE" ] && [ -n "$foreign" ]; then
    foreign=$(t "%s is for another machine: expected %s, found %s" "$foreign" "$HERE_IS" "$(machine_of "$foreign")")
    case $HERE_IS in
      x86_64 | aarch64) die "$foreign" "$(t "take the archive whose name ends in linux-%s.tar.gz" "$HERE_IS")" ;;
      *) die "$foreign" "$(t "there are builds for Linux on x86_64 and aarch64 (64 bits, glibc) only")" ;;
    esac
  fi
  if [ -n "$PACKAGED" ]; then SOURCE=$BINARY; fi
  if [ -z "$SOURCE" ]; then
    die "$(t "no datahubsync beside %s (%s)" "$PROGRAM" "$HERE")" "$(t "copy the binary and this script into one folder")"
  fi
  if [ ! -x "$SOURCE" ]; then die "$(t "%s isn't executable" "$SOURCE")" "chmod 755 $(sh_word "$SOURCE")"; fi
  made_for=$(machine_of "$SOURCE")
  if [ ! -e /proc/self/exe ]; then die "$(t "/proc isn't mounted, and the program needs it")" "mount -t proc proc /proc"; fi
  if ! NO_COLOR=1 "$SOURCE" --version >"$TMP/version" 2>"$TMP/error"; then
    die "$(t "%s doesn't run here: %s" "$SOURCE" "$(head -n 1 "$TMP/error")")" "$(t "it is made for Linux on %s with glibc 2.27 or newer; this is %s" "${made_for:-x86_64}" "$(uname -sm)")"
  fi
  VERSION=$(sed -n '1s/^datahubsync //; 1p' "$TMP/version")
}

# is_mine PROGRAM: whether it can be started without doing what somebody else has put there.
is_mine() { case $(stat -Lc %u:%A "$1") in 0:?????-??-? | "$UID_NOW":?????-??-?) ;; *) return 1 ;; esac; }

# find_config: CONFIG, the file in use; v2.0 had it in config/.
find_config() {
  CONFIG=$INSTALL_DIR/config.yaml
  if [ -f "$DESTDIR$INSTALL_DIR/config/config.yaml" ] &&
    { [ ! -f "$DESTDIR$CONFIG" ] || grep -qs 'config/config\.yaml' "$DESTDIR$INSTALL_DIR/sync.sh"; }; then
    CONFIG=$INSTALL_DIR/config/config.yaml
  fi
  if [ ! -f "$DESTDIR$CONFIG" ]; then NEW_CONFIG=yes; fi
}

# new_config: $TMP/new/config.yaml, with what the hub has; where there is none to ask, the example.
new_config() {
  mkdir "$TMP/new"
  follow config
  if [ -n "$HUB_URL" ]; then
    set -- init --quiet --hub-url "$HUB_URL" --data-dir "$DATA_DIR" --output "$TMP/new/config.yaml"
    # At a terminal it asks, and says there what it doesn't take.
    if at_terminal; then
      say "error: $(t "see above")" >"$TMP/error"
      "$SOURCE" "$@" <&3
    else
      "$SOURCE" "$@" 2>"$TMP/error"
    fi && code=0 || code=$?
    if [ "$code" = 0 ]; then
      # Where logrotate does it, nobody else should.
      if [ "$UID_NOW" = 0 ]; then sed -i 's/^  max_size: .*/  max_size: 0/' "$TMP/new/config.yaml"; fi
      return 0
    fi
    # Left at a question.
    if [ "$code" -gt 128 ]; then exit "$code"; fi
    if [ "$code" = 2 ] && at_terminal; then complain 2 "$(t "nothing was changed: see above")"; fi
    if [ "$code" = 2 ]; then reject "$(t "--hub-url: %s" "$(error_said)")" "$(hint_said)"; fi
    warn "$(t "the hub's list of datasets can't be read, so %s names the example's datasets: %s" "$CONFIG" "$(error_said)")"
    follow example
  fi
  mv "$TMP/text" "$TMP/new/config.yaml"
}

# read_config BINARY FILE FROM TO: $TMP/paths gets what the config names, as `key<TAB>path`. A config that isn't in its
# place yet, or whose place is in DESTDIR, names paths below FROM, which will be below TO.
read_config() {
  if ! "$1" paths -c "$2" >"$TMP/paths.raw" 2>"$TMP/error"; then return 1; fi
  FROM=$3 TO=$4 awk -F '\t' -v OFS='\t' '
    ENVIRON["FROM"] != "" && index($2 "/", ENVIRON["FROM"] "/") == 1 { $2 = ENVIRON["TO"] substr($2, length(ENVIRON["FROM"]) + 1) }
    { print }' "$TMP/paths.raw" >"$TMP/paths"
}

config_paths() { awk -F '\t' -v key="$1" '$1 == key { print $2 }' "$TMP/paths"; }

# ---- the steps ----------------------------------------------------------------------------------

# answer QUESTION: asks the binary, which gets what is known here; $TMP/plan has its answer.
answer() {
  "$SOURCE" installer "$1" "UID_NOW=$UID_NOW" "USER_NOW=$USER_NOW" "DESTDIR=$DESTDIR" "HERE=$HERE" \
    "PROGRAM=$PROGRAM" "SOURCE=$SOURCE" "VERSION=$VERSION" "PACKAGED=$PACKAGED" "DAY=$(date +%Y%m%d)" \
    "LANGUAGE=$LANGUAGE" "TMP=$TMP" "INSTALL_DIR=$INSTALL_DIR" "DATA_DIR=$DATA_DIR" "BINARY=$BINARY" "LINK=$LINK" \
    "SHARE=$SHARE" "FISH=$FISH" "UNIT_DIR=$UNIT_DIR" "SYSTEMD=$(systemd_runs && say yes)" "CONFIG=$CONFIG" "V2=$V2" \
    "NEW_CONFIG=$NEW_CONFIG" "EXAMPLE=$EXAMPLE" "HUB_URL=$HUB_URL" "CAN_READ=$CAN_READ" "CLOSED=$CLOSED" \
    "RUN_USER=$RUN_USER" "RUN_GROUP=$RUN_GROUP" "RUN_UID=$(id -u "$RUN_USER" 2>/dev/null)" "CAN_OWN=$CAN_OWN" \
    "MAKE_USER=$MAKE_USER" "FROM_ROOT=$FROM_ROOT" "WANT_CRON=$WANT_CRON" "WANT_SYSTEMD=$WANT_SYSTEMD" \
    "WANT_SYNC=$WANT_SYNC" "KIND=$KIND" "SCHEDULE=$SCHEDULE" "KEEP_SPEC=$KEEP_SPEC" "THEN=$THEN" "NO_THEN=$NO_THEN" \
    "PACK=$PACK" "SITE=$SITE" "SERVE=$SERVE" "SIGN=$SIGN" "DRY_RUN=$DRY_RUN" \
    "ASKED=$ASKED" "EARLIER_USER=$EARLIER_USER" "CAN_MAKE=$(can_make_user && say yes)" \
    "BLOCKED=$BLOCKED" "REMEDY=$REMEDY" "EARLIER_VERSION=$EARLIER_VERSION" "SUDO_USER=${SUDO_USER-}" "EDITOR=${EDITOR-}" >"$TMP/plan"
}

# follow QUESTION: does what the binary answers: an operation is four lines, a name that is listed here and three words.
follow() {
  answer "$1" || die "$(t "%s can't answer this script: it is of another version" "$SOURCE")" "$(t "take both out of the same archive")"
  : >"$TMP/text"
  while IFS= read -r operation <&4 && IFS= read -r first <&4 && IFS= read -r second <&4 && IFS= read -r third <&4; do
    case $operation in
      text) printf '%s\n' "$first" >>"$TMP/text" ;;
      begin | end | say | note | warn | die | reject | set_fact | block | need_enter | need_read | need_write | make_dir | set_access | \
        put | put_quietly | put_config | make_link | record | forget | remove | take_out | move | \
        give | check_write | check_runs | make_state | edit_crontab | drop_crontab_lines | start_unit | drop_unit | first_sync | \
        end_dry_run | save_now) "$operation" "$first" "$second" "$third" ;;
      *) die "$(t "%s planned an unknown operation: %s" "$SOURCE" "$operation")" ;;
    esac
  done 4<"$TMP/plan"
}

set_fact() { case $1 in *[!A-Z0-9_]*) ;; *) eval "$1=\$2" ;; esac; }

check_write() { [ -n "$DRY_RUN" ] || as_user test -w "$DESTDIR$1" || warn "$2"; }

check_runs() { [ -n "$DRY_RUN$DESTDIR" ] || "$1" --version >/dev/null 2>&1 || die "$(t "%s can't be run there" "$1")" "$(t "where its file system is mounted noexec, take a folder on another one: --install-dir DIR")"; }

# make_state PATH [OLD]: with the content of an earlier one, where its user may write.
make_state() {
  change "$(t "make the state %s" "$1")" || return 0
  on_failure remove "$DESTDIR$1"
  # shellcheck disable=SC2016 # the dollar is for the inner shell
  by "$DESTDIR$1" sh -c 'cat >"$1"' sh "$DESTDIR$1" <"${2:-/dev/null}"
}

drop_crontab_lines() {
  for table in "$TMP"/crontabs/*; do
    name=${table##*/}
    if [ ! -f "$table" ] || { [ "$KIND" = crontab ] && [ "$name" = "$RUN_USER" ]; }; then continue; fi
    edit_crontab "$name" ''
    forget crontab "$name"
  done
}

# start_unit NAME TARGET: now, and whenever the machine starts.
start_unit() {
  path=$UNIT_DIR/$2.wants/$1
  make_link "../$1" "$path"
  record link "$path"
  if systemd_runs && change "$(t "start %s" "$1")"; then
    on_failure unit stop "$1"
    tell_systemd restart "$1"
  fi
}

# drop_unit NAME TARGET: the unit, and the service beside a timer.
drop_unit() {
  service=${1%.*}.service
  if [ ! -e "$DESTDIR$UNIT_DIR/$1" ] && [ ! -e "$DESTDIR$UNIT_DIR/$service" ]; then return 0; fi
  if systemd_runs && change "$(t "stop %s" "$1")"; then
    on_failure unit restart "$1"
    tell_systemd stop "$1"
  fi
  take_out "$UNIT_DIR/$2.wants/$1"
  take_out "$UNIT_DIR/$1"
  if [ "$service" != "$1" ]; then take_out "$UNIT_DIR/$service"; fi
  # So that systemd forgets them.
  if systemd_runs && [ -z "$DRY_RUN" ]; then tell_systemd stop "$1" 2>/dev/null || :; fi
}

systemd_runs() {
  if [ -n "$DESTDIR" ] || ! has systemctl; then return 1; fi
  if [ "$UID_NOW" = 0 ]; then [ -d /run/systemd/system ]; else [ -e "${XDG_RUNTIME_DIR:-/nowhere}/systemd/private" ]; fi
}

# tell_systemd restart|stop UNIT: reads the units again, and starts or stops one.
tell_systemd() {
  if [ "$UID_NOW" = 0 ]; then set -- "$@" --system; else set -- "$@" --user; fi
  systemctl "$3" daemon-reload
  systemctl "$3" "$1" "$2"
}

# Said before anything is made: a folder that the site's user can't read would never be packed, a key never sign,
# and what lies in a folder that the sync's user can't enter could never be used. Who is to be made has nobody's rights.
may() { apart "$(if [ -n "$MAKE_USER" ]; then say nobody; else say "$RUN_USER"; fi)" -- test "$@"; }
need_enter() { [ "$RUN_USER" = root ] || may -x "$1" || reject "$2" "$3"; }
need_read() { may -r "$1" -a '(' -f "$1" -o -x "$1" ')' || reject "$2" "$3"; }
need_write() { may -w "$1" || reject "$2" "$3"; }

# ---- uninstall ----------------------------------------------------------------------------------

uninstall() {
  RUN_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  : "${RUN_USER:=$USER_NOW}"
  if ! grep -Eq "^(file|link|crontab)$TAB" "$TMP/installed" && { [ -z "$PURGE" ] || [ ! -f "$DESTDIR$CONFIG" ]; }; then
    # All that is left where a run was killed at its end.
    sweep "$LIST"
    if [ -z "$DRY_RUN" ] && [ -d "$DESTDIR$INSTALL_DIR" ] && by "$DESTDIR$INSTALL_DIR" rmdir -- "$DESTDIR$INSTALL_DIR" 2>/dev/null; then
      note "$(t "remove folder %s" "$INSTALL_DIR")"
      return 0
    fi
    die "$(t "nothing in %s was installed by this script" "$INSTALL_DIR")" "$(t "--install-dir DIR, where it is elsewhere")"
  fi
  if [ "$UID_NOW" = 0 ]; then
    begin "$(t "Stop the hub")"
    take_out /etc/cron.d/datahubsync-hub
    for unit in datahubsync-pack datahubsync-serve; do drop_unit "$unit.service" multi-user.target; done
    end
  fi
  refuse_while_running
  if [ -n "$PURGE" ]; then look_for_purge; fi
  say "$(t "DataHubSync in %s will be removed" "$DESTDIR$INSTALL_DIR")"

  begin "$(t "Remove the schedule")"
  if recorded file /etc/cron.d/datahubsync; then take_out /etc/cron.d/datahubsync; fi
  drop_unit datahubsync.timer timers.target
  drop_crontab_lines
  end

  begin "$(t "Remove the program")"
  grep -E "^(file|link)$TAB" "$TMP/installed" >"$TMP/files" || :
  while IFS=$TAB read -r _ path; do remove "$path"; done <"$TMP/files"
  end

  if [ -n "$PURGE" ]; then
    begin "$(t "Purge config, state and logs")"
    while IFS= read -r path; do
      case $path in
        "$INSTALL_DIR"/*) remove "$path" ;;
        /bin/* | /boot/* | /dev/* | /etc/* | /lib*/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/*)
          if [ -e "$DESTDIR$path" ]; then warn "$(t "%s is named by the config, but is the system's: it stays" "$path")"; fi ;;
        *) remove "$path" ;;
      esac
    done <"$TMP/purge"
    # It says what there is to purge: a run that is killed before this point reads it once more.
    finish_by_hand
    remove "$CONFIG"
    end
  fi

  begin "$(t "Remove folders that are empty")"
  { grep "^dir$TAB" "$TMP/installed" || :; } | cut -f 2- | sort -r >"$TMP/folders"
  remove_folders inside
  if [ -n "$PURGE" ] && recorded user "$RUN_USER"; then purge_user; fi
  # The list goes last: a run that is killed before knows by it what there was.
  if [ -n "$PURGE" ] || [ ! -e "$DESTDIR$CONFIG" ]; then
    remove "$INSTALL_DIR/.installed"
    finish_by_hand
    remove_folders around
  elif [ -z "$DRY_RUN" ]; then
    # For a --purge that comes later.
    grep -E "^(dir|config|user|set)$TAB" "$TMP/installed" | grep -v "^set${TAB}then " >"$TMP/less" || :
    put_now "$TMP/less" "$LIST" 644 ''
  fi
  end
  if [ -e "$DESTDIR$CONFIG" ] && [ -z "$DRY_RUN" ]; then say "$(t "Config, state and logs stay in %s; --uninstall --purge removes them too." "$INSTALL_DIR")"; fi
  say "$(t "Data was left alone.")"
}

# finish_by_hand: lets what the step has removed go at once: it would count as content of its folder.
finish_by_hand() {
  if [ -z "$DRY_RUN" ]; then drop_kept && : >"$TMP/undo"; fi
}

# remove_folders inside|around: those of $TMP/folders that are empty; "around" are the installation's own and those above.
remove_folders() {
  while IFS= read -r path; do
    case $INSTALL_DIR/ in "$path"/*) where=around ;; *) where=inside ;; esac
    if [ "$where" = "$1" ]; then remove_empty "$path"; fi
  done <"$TMP/folders"
}

remove_empty() {
  if [ ! -d "$DESTDIR$1" ]; then return 0; fi
  if [ -n "$DRY_RUN" ]; then
    note "$(t "would remove folder %s where it is empty" "$1")"
  elif by "$DESTDIR$1" rmdir -- "$DESTDIR$1" 2>/dev/null; then
    note "$(t "remove folder %s" "$1")"
  else
    return 0
  fi
  CHANGES=$((CHANGES + 1))
}

# The number of a user who is gone would be somebody else's some day, and the data with it.
purge_user() {
  while IFS= read -r path; do
    if [ -e "$path" ]; then note "$(t "the user %s stays, since it owns the data" "$RUN_USER")"; return 0; fi
  done <"$TMP/data"
  if ! id "$RUN_USER" >/dev/null 2>&1; then return 0; fi
  if change "$(t "remove the user %s" "$RUN_USER")"; then drop_user "$RUN_USER"; fi
}

# A sync that runs would write its state again behind our back.
refuse_while_running() {
  if [ -n "$DESTDIR" ]; then return 0; fi
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe" 2>/dev/null || :)
    if [ "${program% (deleted)}" = "$BINARY" ]; then
      die "$(t "%s runs as process %s" "$BINARY" "${process#/proc/}")" "$(t "wait for it, or: kill %s" "${process#/proc/}")"
    fi
  done
}

# look_for_purge: $TMP/purge, every file that --purge removes besides the program. Read before the program goes.
look_for_purge() {
  : >"$TMP/paths"
  reader=$DESTDIR$BINARY
  if [ ! -x "$reader" ] || ! is_mine "$reader"; then reader=$HERE/datahubsync; fi
  folder=$(dirname "$CONFIG")
  if [ -f "$DESTDIR$CONFIG" ] && { [ ! -x "$reader" ] || ! read_config "$reader" "$DESTDIR$CONFIG" "$DESTDIR" ''; }; then
    warn "$(t "the config can't be read: only the usual places are purged")"
    printf 'owned\t%s\n' "$folder/.last_sync.json" "$folder/.datahubsync" "$INSTALL_DIR/logs/sync.log" >"$TMP/paths"
  fi
  config_paths local_dir >"$TMP/data"
  { say "$INSTALL_DIR/logs/hub.log"; config_paths owned; } | { grep -Fvx -- "$CONFIG" || :; } >"$TMP/purge"
  { config_paths owned_dir; config_paths unfinished; } >"$TMP/folders"
  while IFS= read -r path; do
    record dir "$path"
    if [ -e "$DESTDIR$path/journal" ]; then
      warn "$(t "%s holds an unfinished publish and stays" "$path")"
      without "$TMP/purge" -F -- "$path/"
    fi
  done <"$TMP/folders"
}

# first_sync COMMAND: what says more where it fails.
first_sync() {
  as_user "$BINARY" sync -c "$CONFIG" && code=0 || code=$?
  if [ "$code" = 0 ]; then note "$(t "all datasets are up to date")"; return 0; fi
  warn "$(t "all is installed, but the sync ended with %s; see: %s" "$code" "$1")"
  exit "$code"
}

end_dry_run() {
  say "$(t "Dry run: %s changes would be made, none was." "$CHANGES")"
  exit 0
}

# wait_for_others: one script at a time. The lock is where nobody else may open it, and hold it for ever.
wait_for_others() {
  if [ -n "$DRY_RUN$DESTDIR" ] || ! has flock; then return 0; fi
  if [ "$UID_NOW" != 0 ]; then lock=/run/user/$UID_NOW; else lock=/run/datahubsync-install.lock && (umask 077 && : >>$lock) || return 0; fi
  if [ -O "$lock" ]; then exec 8<"$lock"; else return 0; fi
  if flock -n 8; then return 0; fi
  note "$(t "this script is already running; waiting for that run to finish")"
  flock -w 600 8 || die "$(t "the other run of this script doesn't finish")" "$(t "look for it with ps, end it and run this again")"
}

# prepare_client: the config and the user of a client, and what would fail.
prepare_client() {
  if [ -n "$NEW_CONFIG" ]; then
    : >"$TMP/paths"
    choose_user
    new_config
    set -- "$TMP/new/config.yaml" "$TMP/new" "$INSTALL_DIR"
  else
    set -- "$DESTDIR$CONFIG" "$DESTDIR" ''
  fi
  if ! read_config "$SOURCE" "$@"; then
    sed "s|$TMP/new|$INSTALL_DIR|g" "$TMP/error" >&2
    reject "$(t "the config can't be used, so nothing was changed: %s" "$CONFIG")" "$(t "fix it and run this again")"
  fi
  if [ -z "$NEW_CONFIG" ]; then choose_user; fi
  see_crontab "$RUN_USER"
  if [ -z "$EXAMPLE" ]; then follow blocked; fi
  if [ -z "$DESTDIR$NEW_CONFIG$MAKE_USER$BLOCKED" ]; then ask_check; fi
  # Only a program of one's own is asked what it is.
  if [ -z "$PACKAGED$DESTDIR" ] && [ -f "$BINARY" ] && is_mine "$BINARY"; then
    EARLIER_VERSION=$("$BINARY" --version 2>/dev/null | sed -n '1s/^datahubsync //; 1p') || EARLIER_VERSION=
  fi
}

install() {
  need_binary
  follow look
  if [ -n "$SITE" ]; then choose_user; else prepare_client; fi
  follow start
  make_user
  if [ -z "$MAKE_USER" ] && { [ -n "$DRY_RUN" ] || as_user test -r "$CONFIG"; }; then CAN_READ=yes; fi
  if [ -n "$MAKE_USER" ] || { [ -n "$CAN_OWN" ] && closed "$(id -g "$RUN_USER")" "$RUN_USER"; }; then CLOSED=yes; fi
  if [ -n "$SITE" ]; then follow hub; else follow client; fi
}

main() {
  WORDS='' INSTALL_DIR='' DATA_DIR='' HUB_URL='' SCHEDULE='' RUN_USER='' THEN='' NO_THEN='' WANT_CRON='' WANT_SYSTEMD='' WANT_SYNC=''
  PACK='' SITE='' SERVE='' SIGN='' DRY_RUN='' UNINSTALL='' PURGE='' PACKAGED='' VERSION='' BINARY='' CONFIG='' NEW_CONFIG='' EXAMPLE=''
  V2='' KIND='' KEEP_SPEC='' STEP='' TMP='' CHILD='' CHANGES=0 BEGUN='' CAN_READ='' CLOSED='' BLOCKED='' REMEDY='' EARLIER_VERSION=''
  ASKED='' EARLIER_USER='' CAN_OWN='' ROOT_OWNER='' RUN_OWNER='' RUN_GROUP='' MAKE_USER='' FROM_ROOT=''
  DESTDIR=${DESTDIR-}
  UID_NOW=$(id -u)
  USER_NOW=$(id -un 2>/dev/null || id -u)
  HERE=$(cd -P "$(dirname "$0")" && pwd)
  # Nothing here reads what is typed, by mistake or otherwise: who wants an answer reads from 3.
  exec 3<&0 </dev/null

  check_beside
  find_binary
  speak "$@"
  read_options "$@"
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # Root's own, whatever TMPDIR says; where nothing of /run is, / is.
  if [ "$UID_NOW" != 0 ]; then spare=${TMPDIR:-/tmp}; elif [ -d /run ]; then spare=/run; else spare=/; fi
  TMP=$(mktemp -d "$spare/datahubsync-install.XXXXXX")
  TMP=$(cd -P "$TMP" && pwd)
  mkdir "$TMP/crontabs"
  check_options
  if [ -n "$DESTDIR" ]; then
    if [ ! -d "$DESTDIR" ]; then reject "$(t "DESTDIR: there is no folder %s" "$DESTDIR")" "$(t "make it first")"; fi
    DESTDIR=$(cd -P "$DESTDIR" && pwd -P)
    DESTDIR=${DESTDIR%/}
  fi
  wait_for_others
  choose_places
  see_crontab "$USER_NOW"
  if [ "$UID_NOW" = 0 ]; then see_crontab "${SUDO_USER-}"; fi
  find_install_dir
  as_owner "$@"
  BINARY=$INSTALL_DIR/datahubsync
  # Without a binary beside it, the script serves the one of a package.
  if [ "$UID_NOW" = 0 ] && [ -z "$DESTDIR$SOURCE$foreign" ] && [ -f /usr/share/datahubsync/package ] && [ -f /usr/bin/datahubsync ]; then
    PACKAGED=yes BINARY=/usr/bin/datahubsync
  fi
  CRON_BINARY=$(cron_word "$BINARY")
  # For awk, which reads them from the environment: -v would take a backslash for an escape.
  export INSTALL_DIR MARK CRON_BINARY
  LIST=$DESTDIR$INSTALL_DIR/.installed
  : >"$TMP/installed"
  if [ -f "$LIST" ] && [ ! -L "$LIST" ] && [ "$(stat -c %u "$LIST")" = "$UID_NOW" ]; then cat "$LIST" >"$TMP/installed"; fi
  find_config
  if [ -n "$UNINSTALL" ]; then uninstall; else install; fi
}

main "$@"
