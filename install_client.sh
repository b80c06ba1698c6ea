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
MARK='# datahubsync (install_client.sh)'
DEFAULT_SCHEDULE='15 8 * * *'
SYSTEM_USER=datahubsync
# The hub announces the data some minutes before its package is built: half an hour covers that.
WAIT=30m

CRON_FILE=/etc/cron.d/datahubsync
PACKAGE_FILE=/usr/share/datahubsync/package
SPOOL=/var/spool/cron/crontabs

usage() {
  if [ -n "$WORDS" ]; then
    "$SPEAKER" installer usage
    return
  fi
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
  --lang LANG         the script's own language, en or zh (the terminal's)
  --dry-run           print every change and make none
  --uninstall         remove what this script installed; config, state, logs and data stay
  --purge             with --uninstall: also config, state and logs, never data
  --help              this text

Without root it installs for you: ~/.local/share/datahubsync, ~/.local/bin/datahubsync, your crontab.
With DESTDIR in the environment nothing outside that folder is written.
Exit: 0 done, 1 a step failed and was undone, 2 wrong usage or config; --sync: the sync's own code.
END
}

# ---- the user's language ------------------------------------------------------------------------

# speak ARGUMENTS…: WORDS, what is said here in Chinese, where --lang or the locale asks for it and there is a
# binary to ask; else English.
speak() {
  WORDS='' LANGUAGE=${LC_ALL:-${LC_MESSAGES:-${LANG-}}}
  while [ $# -gt 0 ]; do
    case $1 in
      --lang=?*) set -- --lang "${1#*=}" "$@" ;;
    esac
    if [ "$1" = --lang ] && [ -n "${2-}" ]; then
      # For the binary, too; bash complains of a locale that isn't installed.
      LANGUAGE=$2 LANG=C.UTF-8
      if [ "$2" = zh ]; then LANG=zh_CN.UTF-8; fi
      export LANG
      { unset LC_ALL LC_MESSAGES; } 2>/dev/null
      break
    fi
    shift
  done
  HERE_IS=$(uname -m | sed 's/^amd64$/x86_64/; s/^arm64$/aarch64/')
  case $LANGUAGE in
    zh*) LANGUAGE=zh ;;
    *)
      LANGUAGE=en
      return 0
      ;;
  esac
  for SPEAKER in "$HERE/datahubsync" "$HERE/dist/datahubsync" /usr/bin/datahubsync; do
    if [ -x "$SPEAKER" ] && [ "$(machine_of "$SPEAKER")" = "$HERE_IS" ] && WORDS=$("$SPEAKER" installer chinese 2>/dev/null); then
      return 0
    fi
  done
  WORDS=''
}

# t FORMAT WORD…: a message, as printf makes it.
t() {
  format=$1
  shift
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

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$1"; }
warn() { printf '  ! %s\n' "$1" >&2; }

# complain CODE MESSAGE [HINT]: ends the run; a step that is under way is undone first.
complain() {
  printf '%s: %s\n' "$PROGRAM" "$2" >&2
  if [ $# -gt 2 ]; then say "$(t "hint: %s" "$3")" >&2; fi
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
  case $answer in
    '' | [Yy]*) return 0 ;;
    *) return 1 ;;
  esac
}

# change WHAT: announces one change; fails where it isn't to be made, in a dry run.
change() {
  CHANGES=$((CHANGES + 1))
  if [ -z "$DRY_RUN" ]; then
    note "$1"
  else
    note "$(t "would %s" "$1")"
    return 1
  fi
}

# ---- steps, and how to undo them ----------------------------------------------------------------

# begin TITLE: a step, or a part of the one that is under way.
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
  if [ "$CHANGES" = "$CHANGES_BEFORE" ]; then note "$(t "nothing to change")"; fi
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
  say "$PROGRAM: $(t "\"%s\" failed." "$STEP")" >&2
  if [ ! -s "$TMP/undo" ]; then
    say "$PROGRAM: $(t "it had changed nothing.")" >&2
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
      unit) tell_systemd "$one" "$two" ;;
    esac || {
      undone=
      warn "$(t "could not undo: %s %s %s" "$operation" "$one" "$two")"
    }
  done <"$TMP/undo.reversed"
  if [ -n "$undone" ]; then
    say "$PROGRAM: $(t "it is undone; the steps before it stand. Fix the cause and run this again.")" >&2
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
  real=$(cd -P -- "$part" && pwd -P) || die "$(t "%s can't be entered" "$part")"
  case $real/ in
    "$DESTDIR"/*) ;;
    *) die "$(t "%s leads out of DESTDIR, to %s" "$part" "$real")" "$(t "remove that link")" ;;
  esac
  # The owner of a link counts, and so does every folder that it leads through.
  printf '%s\n' "$part" "$real" |
    awk -F / '{ way = ""; print "/"; for (i = 2; i <= NF; i++) if ($i != "") print way = way "/" $i }' | sort -u >"$TMP/way"
  tr '\n' '\0' <"$TMP/way" | xargs -0 stat -c "%U %g %A %n" -- >"$TMP/way.stat" || die "$(t "%s can't be looked at" "$part")"
  boss=root
  while read -r owner gid rights part; do
    if [ "$owner" != root ] && [ "$owner" != "$boss" ]; then
      if [ "$boss" != root ]; then die "$(t "%s belongs to %s, and %s could replace it" "$part" "$owner" "$boss")" "chown $boss: $(sh_word "$part")"; fi
      boss=$owner
    fi
    case $rights in
      l* | d????????[tT]) ;;
      d???????w* | d????w*)
        if [ "${rights#d???????w}" != "$rights" ] || ! closed "$gid" "$boss"; then
          die "$(t "others may change what lies in %s" "$part")" "chmod go-w $(sh_word "$part")"
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
    die "$(t "%s lies in a folder of %s's, who could put anything in its place" "$1" "$who")" "$(t "choose another folder, or --user %s" "$who")"
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
    if change "$(t "give %s to %s (%s of root's in it)" "$1" "$RUN_USER" "$count")"; then
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
  if [ "$who" != "$USER_NOW" ]; then die "$(t "%s lies in a folder of %s's, who could replace it" "$1" "$who")" "$(t "root writes only where root alone may")"; fi
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

access_words() { if [ -n "$2" ]; then t "%s, owner %s" "$1" "$2"; else say "$1"; fi; }

# put_file SOURCE PATH MODE OWNER
put_file() {
  target=$DESTDIR$2
  if [ -d "$target" ]; then die "$(t "%s is a folder, a file was expected" "$2")" "$(t "move it away and run this again")"; fi
  root_only "$2"
  if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s "$1" "$target"; then
    set_access "$2" "$3" "$4"
    return 0
  fi
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  if ! change "$(t "write %s (mode %s)" "$2" "$(access_words "$3" "$4")")"; then
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

# The text of a file, by the line.
text() { printf '%s\n' "$1" >>"$TMP/text"; }

# put_secret PATH: a dry run doesn't show what is in it.
put_secret() {
  mv "$TMP/text" "$TMP/secret"
  put "$1" 600 "$TMP/secret"
}

put_config() {
  put_file "$TMP/new/config.yaml" "$1" "$2" "$3"
  record config "$1"
}

complete_for() {
  "$SOURCE" completions "$1" >"$TMP/completions"
  put "$2" 644 "$TMP/completions"
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
  change "$(t "set mode %s on %s" "$(access_words "$2" "$3")" "$1")" || return 0
  on_failure access "$DESTDIR$1" "$mode_now $(stat -c %u:%g "$DESTDIR$1")"
  if [ "$owner_now" != "$owner_wanted" ]; then chown -h "$3" "$DESTDIR$1"; fi
  chmod "$2" "$DESTDIR$1"
}

# make_dir PATH MODE OWNER: with the folders above it; one that is there stays as it is.
make_dir() {
  if [ -d "$DESTDIR$1" ]; then return 0; fi
  if [ -e "$DESTDIR$1" ]; then die "$(t "%s is a file, a folder was expected" "$1")" "$(t "move it away and run this again")"; fi
  part=$1
  : >"$TMP/missing"
  while [ "$part" != / ] && [ ! -d "$DESTDIR$part" ]; do
    printf '%s\n' "$part" >>"$TMP/missing"
    part=$(dirname "$part")
  done
  sed '1!G;h;$!d' "$TMP/missing" >"$TMP/missing.from_top"
  while IFS= read -r part; do
    if grep -Fqx -- "$part" "$TMP/would_make"; then continue; fi
    if ! change "$(t "make folder %s (mode %s)" "$part" "$(access_words "$2" "$3")")"; then
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
  change "$(t "link %s to %s" "$2" "$1")" || return 0
  keep_for_undo "$DESTDIR$2"
  # In a folder that nobody else writes to: ln refuses a name that is there.
  ln -s "$1" "$DESTDIR$2.new.$$"
  mv -f "$DESTDIR$2.new.$$" "$DESTDIR$2"
}

# remove PATH: a file, a link, or a folder of the installation's with all that is in it.
remove() {
  if [ ! -e "$DESTDIR$1" ] && [ ! -L "$DESTDIR$1" ]; then return 0; fi
  change "$(t "remove %s" "$1")" || return 0
  kept=$(dirname "$DESTDIR$1")/.$(basename "$1").undo.$$
  by "$DESTDIR$1" mv -T -- "$DESTDIR$1" "$kept"
  printf '%s\n' "$kept" >>"$TMP/kept"
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

# A word for cron, where a percent sign would end the command.
cron_word() { sh_word "$1" | sed 's/%/\\%/g'; }

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
      --install-dir | --data-dir | --hub-url | --schedule | --then | --user | --pack | --site | --serve | --lang)
        case ${2-} in
          '' | --*) reject "$(t "%s needs a value" "$1")" ;;
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
          --lang)
            case $2 in
              en | zh) ;;
              *) reject "$(t "--lang: en or zh was expected, found \"%s\"" "$2")" ;;
            esac
            ;;
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
      *) reject "$(t "unknown option: %s" "$1")" ;;
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
    reject "$(t "--setup-crontab and --systemd exclude each other")" "$(t "one schedule is enough: choose one")"
  fi
  if [ -n "$PURGE" ] && [ -z "$UNINSTALL" ]; then reject "$(t "--purge goes with --uninstall only")"; fi
  if [ -n "$UNINSTALL" ] && [ -n "$WANT_CRON$WANT_SYSTEMD$WANT_SYNC$SCHEDULE$THEN$NO_THEN$HUB_URL$DATA_DIR" ]; then
    reject "$(t "--uninstall takes --purge, --install-dir and --dry-run only")"
  fi
  if [ -n "$THEN" ]; then check_then; fi
  if [ -n "$PACK$SITE$SERVE" ]; then check_hub_options; fi
  for path in "$INSTALL_DIR" "$DATA_DIR" "$DESTDIR" "$SITE"; do check_path "$path"; done
  for path in "$INSTALL_DIR" "$DATA_DIR"; do
    if [ -n "$path" ] && [ "$UID_NOW" = 0 ] && is_system "$path" && ! expr "$path" : '/[^/]*/.' \| "$path" : '/srv$' >/dev/null; then
      reject "$(t "%s is no place for this" "$path")" "$(t "name a folder inside it")"
    fi
  done
  case $RUN_USER in
    '' | [A-Za-z_]*) ;;
    *) reject "$(t "--user: the name of a user was expected, found \"%s\"" "$RUN_USER")" ;;
  esac
  case $RUN_USER in
    *[!A-Za-z0-9_.-]*) reject "$(t "--user: the name of a user was expected, found \"%s\"" "$RUN_USER")" ;;
  esac
  if [ "$UID_NOW" != 0 ] && [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$USER_NOW" ]; then
    reject "$(t "--user %s needs root" "$RUN_USER")" "sudo ./$PROGRAM …"
  fi
  if [ -n "$WANT_SYSTEMD" ] && [ -z "$DESTDIR" ] && ! systemd_runs; then
    die "$(t "--systemd: systemd doesn't run here, so no timer would")" "$(t "use --setup-crontab")"
  fi
}

check_path() {
  case $1/ in
    *[\\\"\$\`]* | *[[:cntrl:]]*) reject "$(t "a path with \\, \", \$, \` or control characters can't be used: %s" "$1")" ;;
    */../* | */./*) reject "$(t "a path with . or .. can't be used: %s" "$1")" ;;
  esac
}

check_then() {
  if [ -n "$NO_THEN" ]; then reject "$(t "--then and --no-then exclude each other")"; fi
  script=$(t "put it into a script, and give that: --then /path/of/the/script")
  case $THEN in
    *[[:cntrl:]]*) reject "$(t "--then: one line was expected, found a newline or another control character")" "$script" ;;
    # Some daemons read two backslashes as one, and all of them the one before a percent sign.
    *\\\\* | *\\%*) reject "$(t "--then: a backslash before another one or before a percent sign can't be written into a crontab")" "$script" ;;
  esac
  if ! sh -nc "$THEN" 2>"$TMP/error"; then
    reject "$(t "--then: the shell can't read it: %s" "$(sed -n '1s/^[^:]*: //p' "$TMP/error")")"
  fi
}

check_hub_options() {
  if [ -n "$UNINSTALL" ]; then reject "$(t "--uninstall removes the hub, too; it takes no --pack, --site or --serve")"; fi
  if [ -n "$HUB_URL$DATA_DIR$WANT_SYNC$THEN$NO_THEN" ]; then
    reject "$(t "--pack and --serve make a hub, --hub-url, --data-dir, --then and --sync a client")" "$(t "run this once for each")"
  fi
  if [ "$UID_NOW" != 0 ]; then reject "$(t "--pack and --serve need root")" "sudo ./$PROGRAM …"; fi
  if [ -z "$PACK$SERVE" ]; then reject "$(t "--site goes with --pack or --serve")"; fi
  if [ -n "$WANT_SYSTEMD" ] && [ -n "$SCHEDULE" ]; then
    reject "$(t "--schedule is cron's: by systemd the hub is packed every ten minutes")" "$(t "leave one of them out")"
  fi
  : "${SITE:=/srv/hub}" "${SCHEDULE:=*/10 * * * *}"
  if is_system "$SITE"; then reject "$(t "%s is no place for a site" "$SITE")" "$(t "name a folder inside it")"; fi
  case $SERVE in
    '') ;;
    *[!]0-9A-Za-z.:[-]*) reject "$(t "--serve: an address such as 0.0.0.0:8000 was expected, found %s" "$SERVE")" ;;
    *:[1-9][0-9][0-9][0-9] | *:[1-6][0-9][0-9][0-9][0-9]) ;;
    *) reject "$(t "--serve: an address with a port from 1024 on was expected, as 0.0.0.0:8000, found %s" "$SERVE")" ;;
  esac
  if [ -n "$SERVE" ] && [ -z "$DESTDIR" ] && ! systemd_runs; then
    die "$(t "--serve: systemd doesn't run here, so nothing would start it")" "$(t "let nginx serve %s: docs/hub.md" "$SITE")"
  fi
  printf '%s' "$PACK" | while IFS= read -r path; do
    check_path "$path"
    if [ -z "$DESTDIR" ] && [ ! -d "$path" ]; then reject "$(t "--pack: there is no folder %s" "$path")"; fi
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
  if [ -z "${HOME-}" ]; then reject "$(t "HOME isn't set")" "HOME=/home/you ./$PROGRAM …"; fi
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
  hint=$(t "%s, from a folder that %s can read" "sudo -u $who ./$PROGRAM --install-dir $(sh_word "$INSTALL_DIR")" "$who")
  if [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$who" ]; then
    die "$(t "%s lies in a folder of %s's, who would decide what %s runs" "$INSTALL_DIR" "$who" "$RUN_USER")" "$(t "choose another --install-dir")"
  fi
  if [ -n "$DESTDIR" ] || ! runuser -u "$who" -- test -r "$HERE/$PROGRAM" -a -x "$HERE/datahubsync"; then
    die "$(t "%s lies in a folder of %s's: it is for %s to install there" "$INSTALL_DIR" "$who" "$who")" "$hint"
  fi
  say "$(t "%s lies in a folder of %s's: going on as %s" "$INSTALL_DIR" "$who" "$who")"
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
    reject "$(t "%s needs --setup-crontab or --systemd" "$option")" "$(t "nothing is scheduled here so far")"
  fi
  if [ -z "$THEN$NO_THEN" ]; then THEN=$(sed -n "s/^set${TAB}then //p" "$TMP/installed"); fi
  EARLIER_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  : "${EARLIER_USER:=$earlier_user}"
  if [ -z "$EARLIER_USER" ] && { [ -n "$V2" ] || [ -f "$DESTDIR$INSTALL_DIR/datahubsync" ]; }; then EARLIER_USER=$USER_NOW; fi
  if [ -z "$SCHEDULE" ]; then
    SCHEDULE=${earlier_spec:-$DEFAULT_SCHEDULE}
    if [ -n "$earlier_spec" ]; then KEEP_SPEC=yes; fi
  fi
  if [ -z "$KIND" ]; then return 0; fi
  # The binary knows what cron takes, and what systemd calls it.
  set -- "$SCHEDULE"
  if [ "$KIND" = systemd ]; then set -- --systemd "$@"; fi
  if ! "$SOURCE" schedule "$@" >"$TMP/calendar" 2>"$TMP/error"; then
    if [ -z "$KEEP_SPEC" ]; then reject "$(error_said)" "$(hint_said)"; fi
    reject "$(t "the schedule that is there cannot be kept: %s" "$(error_said)")" "$(t "%s, with --schedule" "$(hint_said)")"
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
    warn "$(t "the sync runs as root, as you asked; without --user it would run as %s, who can change the data only" "$SYSTEM_USER")"
  elif [ -z "$asked" ] && [ "$RUN_USER" = root ] && [ -z "$DESTDIR" ] && can_make_user; then
    RUN_USER=$SYSTEM_USER FROM_ROOT=yes
    if [ -n "$V2$KIND" ] && blocked=$(find_blocked); then
      note "$(t "The sync goes on as root: %s, so %s couldn't do it" "$blocked" "$SYSTEM_USER")"
      RUN_USER=root
    elif ! ask "$(t "The sync runs as root here. Give it a user of its own, %s, who can change the data only?" "$SYSTEM_USER")"; then
      note "$(t "The sync goes on as root; to give it a user of its own: sudo ./%s --user %s" "$PROGRAM" "$SYSTEM_USER")"
      RUN_USER=root
    fi
  fi
  FROM_ROOT=
  if [ "$EARLIER_USER" = root ] && [ "$RUN_USER" != root ]; then FROM_ROOT=yes; fi
  if [ "$RUN_USER" = "$SYSTEM_USER" ] && ! id "$RUN_USER" >/dev/null 2>&1; then
    if [ -n "$DESTDIR" ] || ! can_make_user; then
      if [ -n "$asked" ]; then reject "$(t "there is no user %s" "$RUN_USER")" "$(t "make one, or --user root")"; fi
      if [ -n "$DESTDIR" ]; then
        warn "$(t "no user can be made inside DESTDIR: the sync runs as root; --user NAME takes one that is there")"
      else
        warn "$(t "no user can be made here: the sync runs as root; --user NAME takes one that is there")"
      fi
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
    warn "$(t "no user %s on this machine: owners inside DESTDIR are left as they are" "$RUN_USER")"
  else
    reject "$(t "there is no user %s" "$RUN_USER")" "useradd --system --no-create-home $RUN_USER"
  fi
  if [ -n "$CAN_OWN" ]; then
    ROOT_OWNER=root:root
    RUN_OWNER=$RUN_USER:$RUN_GROUP
  fi
}

can_make_user() { id "$SYSTEM_USER" >/dev/null 2>&1 || has useradd || has adduser; }

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
      RUN_USER=root MAKE_USER='' FROM_ROOT=''
      set_owners
    fi
  fi
  # A move away from root is one step: half of it would leave a schedule that can't write.
  if [ -z "$FROM_ROOT" ]; then end; fi
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
      say "$(t "%s is no folder for a dataset; choose one below it" "$path")"
      return 0
    fi
    above=$path
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    if ! who=$(controller "$above" 2>"$TMP/why"); then
      if [ "$RUN_USER" = root ] && ! trusts_folders; then
        sed "s/^$PROGRAM: //; s/^hint: /; /; s/^提示：/; /" "$TMP/why" | tr -d '\n'
        return 0
      fi
      who=$RUN_USER
    fi
    if [ "$RUN_USER" = root ]; then
      if [ "$who" = root ] || trusts_folders; then continue; fi
      say "$(t "%s lies in a folder of %s's, which root can't trust; --user %s" "$path" "$who" "$who")"
      return 0
    fi
    if [ -L "$path" ] && [ -d "$path" ] && [ "$(stat -c %U "$(dirname "$path")")" != "$RUN_USER" ] && ! is_ours "$(dirname "$path")"; then
      say "$(t "%s is a snapshot, whose link lies in a folder of %s's; chown %s: %s" "$path" "$(stat -c %U "$(dirname "$path")")" "$RUN_USER" "$(sh_word "$(dirname "$path")")")"
      return 0
    fi
    if [ "$above" != "$path" ] || [ "$(stat -Lc %U "$path")" = "$RUN_USER" ]; then continue; fi
    if [ -n "$FROM_ROOT" ] && [ "$who" = root ] && is_ours "$path"; then continue; fi
    if id "$RUN_USER" >/dev/null 2>&1 && as_user test -w "$path"; then continue; fi
    say "$(t "%s belongs to %s, and %s can't write to it; chown -R %s: %s" "$path" "$(stat -Lc %U "$path")" "$RUN_USER" "$RUN_USER" "$(sh_word "$path")")"
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
    7f454c46*) t "another processor" ;;
  esac
}

find_binary() {
  SOURCE='' foreign=''
  for path in "$HERE/datahubsync" "$HERE/dist/datahubsync"; do
    if [ ! -f "$path" ]; then continue; fi
    made_for=$(machine_of "$path")
    # Looked at before it is started: where an emulator is installed, it would start, and crawl.
    if [ -z "$made_for" ] || [ "$made_for" = "$HERE_IS" ]; then
      SOURCE=$path
      break
    fi
    if [ -z "$foreign" ]; then foreign=$(t "%s is for another machine: expected %s, found %s" "$path" "$HERE_IS" "$made_for"); fi
  done
  if [ -z "$SOURCE" ] && [ -n "$foreign" ]; then
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
  if ! "$SOURCE" --version >"$TMP/version" 2>"$TMP/error"; then
    die "$(t "%s doesn't run here: %s" "$SOURCE" "$(head -n 1 "$TMP/error")")" "$(t "it is made for Linux on %s with glibc 2.27 or newer; this is %s" "${made_for:-x86_64}" "$(uname -sm)")"
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

# new_config: $TMP/new/config.yaml, in the language of who installs it, which cron doesn't know.
new_config() {
  make_config
  if [ "$LANGUAGE" = zh ] && ! grep -q '^language:' "$TMP/new/config.yaml"; then
    printf '\nlanguage: zh\n' >>"$TMP/new/config.yaml"
  fi
}

# make_config: with what the hub has; where there is none to ask, the example.
make_config() {
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
    if [ "$code" = 2 ]; then reject "$(t "--hub-url: %s" "$(error_said)")" "$(hint_said)"; fi
    warn "$(t "the hub couldn't be asked for its datasets, so %s names the example's: %s" "$CONFIG" "$(error_said)")"
    case $HUB_URL in
      *://*) ;;
      *) HUB_URL=http://$HUB_URL ;;
    esac
  fi
  EXAMPLE=yes
  if [ ! -f "$HERE/config.example.yaml" ]; then die "$(t "no config.example.yaml beside %s (%s)" "$PROGRAM" "$HERE")" "$(t "copy it there, or give --hub-url")"; fi
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

# follow WHAT: asks the binary what to do with the facts, and does it: an operation is four lines, a name that is
# listed here and three words.
follow() {
  CAN_READ='' CLOSED=''
  if [ -z "$MAKE_USER" ] && { [ -n "$DRY_RUN" ] || as_user test -r "$CONFIG"; }; then CAN_READ=yes; fi
  if [ -n "$MAKE_USER" ] || { [ -n "$CAN_OWN" ] && closed "$(id -g "$RUN_USER")" "$RUN_USER"; }; then CLOSED=yes; fi
  new_variables | "$SOURCE" installer "$1" "UID_NOW=$UID_NOW" "USER_NOW=$USER_NOW" "DESTDIR=$DESTDIR" "HERE=$HERE" \
    "SOURCE=$SOURCE" "VERSION=$VERSION" "PACKAGED=$PACKAGED" "DAY=$(date +%Y%m%d)" "LANGUAGE=$LANGUAGE" "TMP=$TMP" \
    "INSTALL_DIR=$INSTALL_DIR" "BINARY=$BINARY" "LINK=$LINK" "SHARE=$SHARE" "FISH=$FISH" "UNIT_DIR=$UNIT_DIR" \
    "CONFIG=$CONFIG" "V2=$V2" "NEW_CONFIG=$NEW_CONFIG" "GIVEN_NEW=$GIVEN_NEW" "EXAMPLE=$EXAMPLE" "CAN_READ=$CAN_READ" \
    "CLOSED=$CLOSED" "RUN_USER=$RUN_USER" "RUN_GROUP=$RUN_GROUP" "RUN_UID=$(id -u "$RUN_USER" 2>/dev/null)" \
    "CAN_OWN=$CAN_OWN" "MAKE_USER=$MAKE_USER" "FROM_ROOT=$FROM_ROOT" "KIND=$KIND" "SCHEDULE=$SCHEDULE" \
    "KEEP_SPEC=$KEEP_SPEC" "THEN=$THEN" "WAIT=$WAIT" "PACK=$PACK" "SITE=$SITE" "SERVE=$SERVE" >"$TMP/plan"
  : >"$TMP/text"
  while IFS= read -r operation <&4 && IFS= read -r first <&4 && IFS= read -r second <&4 && IFS= read -r third <&4; do
    case $operation in
      begin | end | note | warn | die | make_dir | set_access | text | put | put_secret | put_config | complete_for | \
        make_link | record | forget | remove | take_out | move | give | check_write | move_state | edit_crontab | \
        drop_crontab_lines | start_unit | drop_unit) "$operation" "$first" "$second" "$third" ;;
      *) die "$(t "%s planned an unknown operation: %s" "$SOURCE" "$operation")" ;;
    esac
  done 4<"$TMP/plan"
}

# check_write FOLDER: says so where the sync's user can't write.
check_write() {
  if [ -z "$DRY_RUN" ] && ! as_user test -w "$DESTDIR$1"; then
    warn "$(t "%s can't write to %s; type: chown %s: %s" "$RUN_USER" "$1" "$RUN_USER" "$(sh_word "$1")")"
  fi
}

# move_state PATH OLD: the state as it is, or a new one, where its user may write.
move_state() {
  change "$(t "make the state %s" "$1")" || return 0
  old=$DESTDIR$2
  if [ -L "$old" ] || [ ! -f "$old" ]; then old=/dev/null; fi
  on_failure remove "$DESTDIR$1"
  # shellcheck disable=SC2016 # the dollar is for the inner shell
  by "$DESTDIR$1" sh -c 'cat >"$1"' sh "$DESTDIR$1" <"$old"
  if [ "$old" != /dev/null ]; then
    remove "$2"
    remove "$2.lock"
  fi
}

# new_variables: the variables that a new config takes from the environment, as NAME=value: without them the job
# would fail at its first run.
new_variables() {
  if [ -z "$NEW_CONFIG" ]; then return 0; fi
  grep -v '^ *#' "$TMP/new/config.yaml" | grep -o '{DATAHUBSYNC_[A-Z0-9_]*}' | sort -u | tr -d '{}' |
    while IFS= read -r name; do
      value=$(printenv "$name" || :)
      if [ -n "$value" ]; then printf '%s=%s\n' "$name" "$value"; fi
    done | grep -v '[[:cntrl:]]' || :
}

drop_crontab_lines() {
  for table in "$TMP"/crontabs/*; do
    name=${table##*/}
    if [ ! -f "$table" ] || { [ "$KIND" = crontab ] && [ "$name" = "$RUN_USER" ]; }; then continue; fi
    edit_crontab "$name" ''
    forget crontab "$name"
  done
}

# ---- systemd ------------------------------------------------------------------------------------

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

# say_start WAY: what this run does, before it begins.
say_start() {
  way=$1
  if [ -n "$DRY_RUN" ]; then way=$way$(t " (dry run: nothing is changed)"); fi
  say "$(t "DataHubSync %s to %s: %s" "$VERSION" "$DESTDIR$INSTALL_DIR" "$way")"
}

# ---- the hub's end ------------------------------------------------------------------------------


install_hub() {
  find_binary
  KIND=cron.d
  if [ -n "$WANT_SYSTEMD" ]; then KIND=systemd; fi
  EARLIER_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  NEW_CONFIG=''
  choose_user
  refuse_unreadable
  say_start "$(t "a hub in %s" "$SITE")"
  make_user
  follow hub
  if [ -n "$DRY_RUN" ]; then say "$(t "Dry run: %s changes would be made, none was." "$CHANGES")"; fi
}

# A folder that the site's user can't read would never be packed: said before anything is made.
refuse_unreadable() {
  if [ -n "$DESTDIR" ]; then return 0; fi
  # Who is to be made has nobody's rights.
  who=$RUN_USER
  if [ -n "$MAKE_USER" ]; then who=nobody; fi
  printf '%s' "$PACK" | while IFS= read -r path; do
    if ! runuser -u "$who" -- test -r "$path" -a -x "$path"; then
      reject "$(t "%s couldn't read %s" "$RUN_USER" "$path")" "$(t "chmod o+rx %s, or --user OWNER" "$(sh_word "$path")")"
    fi
  done
  if [ -d "$SITE" ] && ! runuser -u "$who" -- test -w "$SITE"; then
    if [ -n "$MAKE_USER" ] || [ "$(stat -c %U "$SITE")" != "$RUN_USER" ]; then
      reject "$(t "%s couldn't write to %s" "$RUN_USER" "$SITE")" "$(t "choose another --site, or --user %s" "$(stat -c %U "$SITE")")"
    fi
  fi
}

# ---- uninstall ----------------------------------------------------------------------------------

uninstall() {
  RUN_USER=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")
  : "${RUN_USER:=$USER_NOW}"
  if ! grep -Eq "^(file|link|crontab)$TAB" "$TMP/installed"; then
    if [ -z "$PURGE" ] || [ ! -f "$DESTDIR$CONFIG" ]; then
      die "$(t "nothing in %s was installed by this script" "$INSTALL_DIR")" "$(t "--install-dir DIR, where it is elsewhere")"
    fi
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
  KIND=''
  if recorded file "$CRON_FILE"; then take_out "$CRON_FILE"; fi
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
          if [ -e "$DESTDIR$path" ]; then warn "$(t "%s is named by the config, but is the system's: it stays" "$path")"; fi
          ;;
        *) remove "$path" ;;
      esac
    done <"$TMP/purge"
    end
  fi

  begin "$(t "Remove folders that are empty")"
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
  if [ -e "$DESTDIR$CONFIG" ] && [ -z "$DRY_RUN" ]; then say "$(t "Config, state and logs stay in %s; --uninstall --purge removes them too." "$INSTALL_DIR")"; fi
  say "$(t "Data was left alone.")"
}

remove_empty() {
  if [ ! -d "$DESTDIR$1" ]; then return 0; fi
  if [ -n "$DRY_RUN" ]; then
    note "$(t "would remove folder %s where it is empty" "$1")"
  elif by "$DESTDIR$1" rmdir -- "$DESTDIR$1" 2>/dev/null; then
    note "$(t "remove folder %s" "$1")"
  fi
}

# The number of a user who is gone would be somebody else's some day, and the data with it.
purge_user() {
  while IFS= read -r path; do
    if [ -e "$path" ]; then
      note "$(t "the user %s stays, since the data is its own" "$RUN_USER")"
      return 0
    fi
  done <"$TMP/data"
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
  if [ ! -x "$reader" ]; then reader=$HERE/datahubsync; fi
  folder=$(dirname "$CONFIG")
  if [ -f "$DESTDIR$CONFIG" ] && { [ ! -x "$reader" ] || ! read_config "$reader" "$DESTDIR$CONFIG"; }; then
    warn "$(t "the config can't be read: only the usual places are purged")"
    printf 'owned\t%s\n' "$folder/.last_sync.json" "$folder/.datahubsync" "$INSTALL_DIR/logs/sync.log" >"$TMP/paths"
  fi
  config_paths local_dir >"$TMP/data"
  { say "$CONFIG"; say "$INSTALL_DIR/logs/hub.log"; config_paths owned; } >"$TMP/purge"
  { config_paths owned_dir; config_paths unfinished; } >"$TMP/folders"
  while IFS= read -r path; do
    record dir "$path"
    if [ -e "$DESTDIR$path/journal" ]; then
      warn "$(t "%s holds an unfinished publish and stays" "$path")"
      grep -Fv -- "$path/" "$TMP/purge" >"$TMP/less" || :
      mv "$TMP/less" "$TMP/purge"
    fi
  done <"$TMP/folders"
}

# ---- main ---------------------------------------------------------------------------------------

first_sync() {
  if [ -z "$WANT_SYNC" ]; then return 0; fi
  if [ -n "$DESTDIR" ]; then
    warn "$(t "--sync: not inside DESTDIR")"
    return 0
  fi
  say "$(t "==> First sync")"
  if [ -n "$DRY_RUN" ]; then
    note "$(t "would run %s sync -c %s" "$BINARY" "$CONFIG")"
    return 0
  fi
  if as_user "$BINARY" sync -c "$CONFIG"; then
    note "$(t "all datasets are up to date")"
  else
    code=$?
    warn "$(t "all is installed, but the sync ended with %s; see: %s" "$code" "$(typed --check)")"
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
  if [ -n "$who" ]; then who=$who$(new_variables | sed 's/=.*/=… /' | tr -d '\n'); fi
  if [ -n "$PACKAGED" ] || { [ "$(readlink "$DESTDIR$LINK")" = "$BINARY" ] && [ "$UID_NOW" = 0 ]; }; then
    printf '%sdatahubsync %s' "$who" "$1"
  else
    printf '%s%s %s -c %s' "$who" "$(sh_word "$BINARY")" "$1" "$(sh_word "$CONFIG")"
  fi
}

say_next() {
  if [ -n "$DESTDIR" ]; then
    say "$(t "Done.")"
    return 0
  fi
  say "$(t "Done. Next:")"
  if [ -n "$EXAMPLE" ]; then say "$(t "  %s%s %s    # hub and datasets" "${SUDO_USER:+sudo }" "${EDITOR:-nano}" "$(sh_word "$CONFIG")")"; fi
  if [ -n "$WANT_SYNC" ]; then
    say "  $(typed status)"
  else
    say "  $(typed --check)"
    if [ -n "$NEW_CONFIG" ]; then say "$(t "  %s    # the first sync" "$(typed sync)")"; fi
  fi
}

install() {
  find_binary
  choose_schedule
  config_now=$DESTDIR$CONFIG
  if [ -n "$NEW_CONFIG" ]; then
    : >"$TMP/paths"
    choose_user
    new_config
    config_now=$TMP/new/config.yaml
  fi
  if ! read_config "$SOURCE" "$config_now"; then
    sed "s|$TMP/stand-in|$INSTALL_DIR|g" "$TMP/error" >&2
    reject "$(t "the config can't be used, so nothing was changed: %s" "$CONFIG")" "$(t "fix it and run this again")"
  fi
  if [ -z "$NEW_CONFIG" ]; then choose_user; fi
  see_crontab "$RUN_USER"
  if [ -z "$EXAMPLE" ] && blocked=$(find_blocked || ask_check); then
    reject "$(t "the sync would fail, so nothing was changed: %s" "${blocked%;*}")" "$(t "%s, or name another folder in %s" "${blocked##*; }" "$CONFIG")"
  fi
  way=$(t "a fresh installation")
  earlier=
  if [ -n "$PACKAGED" ]; then
    way=$(t "a schedule for the package's %s" "$BINARY")
  elif [ -f "$DESTDIR$BINARY" ]; then
    way=$(t "an upgrade")
    # Only a program of one's own is asked what it is.
    if [ -z "$DESTDIR" ] && [ "$(stat -c %u "$BINARY")" = "$UID_NOW" ]; then
      earlier=$("$BINARY" --version 2>/dev/null | sed -n '1s/^datahubsync //; 1p') || earlier=
    fi
  fi
  if [ -n "$V2" ]; then way=$(t "taking over v2.0"); fi
  say_start "$way"

  make_user
  follow client
  first_sync

  if [ -n "$DRY_RUN" ]; then
    say "$(t "Dry run: %s changes would be made, none was." "$CHANGES")"
    return 0
  fi
  if [ -n "$earlier" ] && "$SOURCE" version --changes "$earlier" >"$TMP/changes" 2>/dev/null && [ -s "$TMP/changes" ]; then
    say "$(t "New since %s:" "$earlier")"
    cat "$TMP/changes"
  fi
  say_next
}

main() {
  INSTALL_DIR='' DATA_DIR='' HUB_URL='' SCHEDULE='' RUN_USER='' THEN='' NO_THEN='' WANT_CRON='' WANT_SYSTEMD='' WANT_SYNC=''
  PACKAGED='' EXAMPLE='' KEEP_SPEC='' PACK='' SITE='' SERVE='' DRY_RUN='' UNINSTALL='' PURGE='' STEP='' TMP='' CHANGES=0 V2='' CAN_OWN='' ROOT_OWNER='' FROM_ROOT=''
  DESTDIR=${DESTDIR-}
  DESTDIR=${DESTDIR%/}
  UID_NOW=$(id -u)
  USER_NOW=$(id -un 2>/dev/null || id -u)
  HERE=$(cd -P "$(dirname "$0")" && pwd)
  # Nothing here reads what is typed, by mistake or otherwise: who wants an answer reads from 3.
  exec 3<&0 </dev/null

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
  : >"$TMP/would_make"
  mkdir "$TMP/crontabs"
  check_options
  if [ -n "$DESTDIR" ]; then
    if [ ! -d "$DESTDIR" ]; then reject "$(t "DESTDIR: there is no folder %s" "$DESTDIR")" "$(t "make it first")"; fi
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
      die "$(t "the package's own config is there: /etc/datahubsync/config.yaml")" \
        "$(t "systemctl enable --now datahubsync.timer; or move it to %s/config.yaml and run this again" "$INSTALL_DIR")"
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
