#!/usr/bin/env bash
#
# Installs DataHubSync, upgrades it, takes over a v2.0 installation, or takes it all out again.
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
# - what it put somewhere is listed in .installed, and --uninstall takes out that and nothing else.
# It doesn't promise anything to two copies of itself that run at once.

set -eu
umask 022
unset CDPATH

PROGRAM=${0##*/}
TAB=$(printf '\t')
HEADER='# Written by install_client.sh'
MARK='# datahubsync (install_client.sh)'
DEFAULT_SCHEDULE='15 8 * * *'
# The hub announces the data some minutes before its package is built: half an hour covers that.
WAIT=30m

CRON_FILE=/etc/cron.d/datahubsync
LOGROTATE_FILE=/etc/logrotate.d/datahubsync
SPOOL=/var/spool/cron/crontabs

usage() {
  cat <<'END'
Usage: sudo ./install_client.sh [options]

Installs the datahubsync binary that lies beside this script. Run again, it upgrades.

  --install-dir DIR   where the program, its config, state and logs live (/opt/datahubsync)
  --data-dir DIR      where a new config keeps the data (/data)
  --hub-url URL       the hub that a new config asks
  --setup-crontab     sync by cron: /etc/cron.d/datahubsync, or your crontab without root
  --systemd           sync by a systemd timer instead
  --schedule SPEC     when, in cron's five fields ("15 8 * * *")
  --user NAME         who runs the sync (root)
  --sync              sync once when all is in place
  --dry-run           say every change and make none
  --uninstall         take out what this script put in; config, state, logs and data stay
  --purge             with --uninstall: also config, state and logs, never data
  --help              this text

Without root it installs for you: ~/.local/share/datahubsync, ~/.local/bin/datahubsync, your crontab.
With DESTDIR in the environment nothing outside that folder is written.
Exit: 0 done, 1 a step failed and was undone, 2 wrong usage or config; --sync: the sync's own code.
END
}

# ---- saying things ------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
warn() { printf '  ! %s\n' "$*" >&2; }

# die MESSAGE [HINT]: ends the run; a step that is under way gets undone on the way out.
die() {
  printf '%s: %s\n' "$PROGRAM" "$1" >&2
  if [ $# -gt 1 ]; then printf 'hint: %s\n' "$2" >&2; fi
  exit 1
}

# reject MESSAGE [HINT]: the command line or the config is wrong; nothing has been changed.
reject() {
  printf '%s: %s\n' "$PROGRAM" "$1" >&2
  printf 'hint: %s\n' "${2:-$PROGRAM --help lists the options}" >&2
  exit 2
}

# change WHAT: announces one change, made or (dry run) not made.
change() {
  CHANGES=$((CHANGES + 1))
  if [ -n "$DRY_RUN" ]; then note "would $1"; else note "$1"; fi
}

# ---- steps, and how to undo them ----------------------------------------------------------------

begin() {
  STEP=$1
  : >"$TMP/undo"
  : >"$TMP/kept"
  CHANGES_BEFORE=$CHANGES
  say "==> $1"
}

# Ends a step: what was kept for undoing it goes, and the list of what we installed is brought up to date.
end() {
  if [ "$CHANGES" = "$CHANGES_BEFORE" ]; then note "nothing to change"; fi
  if [ -z "$DRY_RUN" ]; then
    while IFS= read -r kept; do rm -rf "$kept"; done <"$TMP/kept"
    save_list
  fi
  STEP=
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
      remove) rm -f "$one" ;;
      rmdir) rmdir "$one" ;;
      restore) mv -f "$one" "$two" ;;
      access) chown "${two#* }" "$one" && chmod "${two%% *}" "$one" ;;
      crontab) restore_crontab "$one" "$two" ;;
      timer) tell_systemd "$one" ;;
    esac || {
      undone=
      warn "could not undo: $operation $one $two"
    }
  done <"$TMP/undo.reversed"
  if [ -n "$undone" ]; then
    printf '%s: it is undone; the steps before it stand. Mend the cause and run this again.\n' "$PROGRAM" >&2
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

# ---- the list of what we installed --------------------------------------------------------------

# record KIND PATH: one line of .installed (file, link, dir, crontab, set).
record() {
  if ! grep -Fqx -- "$1$TAB$2" "$TMP/installed"; then printf '%s\t%s\n' "$1" "$2" >>"$TMP/installed"; fi
}

forget() {
  grep -Fvx -- "$1$TAB$2" "$TMP/installed" >"$TMP/installed.less" || :
  mv "$TMP/installed.less" "$TMP/installed"
}

recorded() { grep -Fqx -- "$1$TAB$2" "$TMP/installed"; }

save_list() {
  if [ ! -d "$DESTDIR$INSTALL_DIR" ] || [ -n "$UNINSTALL" ]; then return 0; fi
  list=$DESTDIR$INSTALL_DIR/.installed
  if [ -f "$list" ] && cmp -s "$TMP/installed" "$list"; then return 0; fi
  cp "$TMP/installed" "$list.new"
  mv -f "$list.new" "$list"
}

# ---- changes (each is announced, undone on failure, and left out in a dry run) ------------------
# Paths are those of the installed system; $DESTDIR goes in front wherever a file is touched.

own() {
  if [ -n "$CAN_OWN" ] && [ -n "$2" ]; then chown -h "$2" "$1"; fi
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
  if [ -f "$target" ] && [ ! -L "$target" ] && cmp -s "$1" "$target"; then
    set_access "$2" "$3" "$4"
    return 0
  fi
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  change "write $2 (mode $3${4:+, owner $4})"
  if [ -n "$DRY_RUN" ]; then
    # The words of a schedule are what a dry run is read for; the binary and the config aren't.
    if [ "$1" = "$TMP/text" ]; then sed 's/^/      | /' "$1"; fi
    return 0
  fi
  fresh=$(dirname "$target")/.$(basename "$target").new.$$
  on_failure remove "$fresh"
  # It may hold a token: nobody else reads it before it has its mode.
  (umask 077 && cp "$1" "$fresh")
  own "$fresh" "$4"
  chmod "$3" "$fresh"
  keep_for_undo "$target"
  mv -f "$fresh" "$target"
}

# set_access PATH MODE OWNER, where OWNER may be empty: leave it.
set_access() {
  if [ ! -e "$DESTDIR$1" ]; then return 0; fi
  mode_now=$(stat -c %a "$DESTDIR$1")
  owner_now=$(stat -c %U:%G "$DESTDIR$1")
  owner_wanted=$3
  if [ -z "$CAN_OWN" ] || [ -z "$3" ]; then owner_wanted=$owner_now; fi
  if [ "$mode_now" = "$2" ] && [ "$owner_now" = "$owner_wanted" ]; then return 0; fi
  change "set mode $2${3:+, owner $3} on $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  on_failure access "$DESTDIR$1" "$mode_now $(stat -c %u:%g "$DESTDIR$1")"
  if [ "$owner_now" != "$owner_wanted" ]; then chown "$3" "$DESTDIR$1"; fi
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
    mkdir "$DESTDIR$part"
    on_failure rmdir "$DESTDIR$part"
    own "$DESTDIR$part" "$3"
    chmod "$2" "$DESTDIR$part"
    record dir "$part"
  done <"$TMP/missing.from_top"
}

make_link() {
  if [ -L "$DESTDIR$2" ] && [ "$(readlink "$DESTDIR$2")" = "$1" ]; then
    return 0
  fi
  make_dir "$(dirname "$2")" 755 "$ROOT_OWNER"
  change "link $2 to $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  keep_for_undo "$DESTDIR$2"
  ln -s "$1" "$DESTDIR$2.new.$$"
  mv -f "$DESTDIR$2.new.$$" "$DESTDIR$2"
}

# remove PATH: a file, a link, or a folder of ours with all that is in it.
remove() {
  if [ ! -e "$DESTDIR$1" ] && [ ! -L "$DESTDIR$1" ]; then return 0; fi
  change "remove $1"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  kept=$(dirname "$DESTDIR$1")/.$(basename "$1").undo.$$
  printf '%s\n' "$kept" >>"$TMP/kept"
  mv "$DESTDIR$1" "$kept"
  on_failure restore "$kept" "$DESTDIR$1"
}

move() {
  change "move $1 to $2"
  if [ -n "$DRY_RUN" ]; then return 0; fi
  mv "$DESTDIR$1" "$DESTDIR$2"
  on_failure restore "$DESTDIR$2" "$DESTDIR$1"
}

# ---- crontabs -----------------------------------------------------------------------------------

# Copies every crontab that we may see to $TMP/crontabs/USER.
collect_crontabs() {
  mkdir "$TMP/crontabs"
  if [ -n "$DESTDIR" ]; then
    for file in "$DESTDIR$SPOOL"/*; do
      name=${file##*/}
      if [ -f "$file" ] && [ -r "$file" ]; then cp "$file" "$TMP/crontabs/$name"; fi
    done
  elif ! command -v crontab >/dev/null 2>&1; then
    return 0
  elif [ "$UID_NOW" = 0 ]; then
    for file in "$SPOOL"/* /var/spool/cron/*; do
      name=${file##*/}
      if [ ! -f "$file" ]; then continue; fi
      crontab -u "$name" -l >"$TMP/crontabs/$name" 2>/dev/null || rm -f "$TMP/crontabs/$name"
    done
  else
    crontab -l >"$TMP/crontabs/$USER_NOW" 2>/dev/null || rm -f "$TMP/crontabs/$USER_NOW"
  fi
}

# The awk test for a schedule of ours, or the line that v2.0's installer wrote.
# shellcheck disable=SC2016 # awk's own dollars
OURS='
function ours(line,   mark, at, after) {
  mark = ENVIRON["MARK"]
  if (length(line) >= length(mark) && substr(line, length(line) - length(mark) + 1) == mark) return 1
  if (line ~ /^[ \t]*#/ || line !~ /sync\.sh/) return 0
  at = index(line, ENVIRON["INSTALL_DIR"])
  after = substr(line, at + length(ENVIRON["INSTALL_DIR"]), 1)
  return at > 0 && (after == "" || index("/ \t;&\"\047", after) > 0)
}'

# edit_crontab USER LINE: our line in place of the earlier one, or at the end; an empty LINE takes it out.
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
  if [ -n "$DESTDIR" ]; then
    cat "$DESTDIR$SPOOL/$1" >"$TMP/now" 2>/dev/null || :
  elif [ "$UID_NOW" = 0 ]; then
    crontab -u "$1" -l >"$TMP/now" 2>/dev/null || :
  else
    crontab -l >"$TMP/now" 2>/dev/null || :
  fi
  cmp -s "$2" "$TMP/now" || load_crontab "$1" "$2"
}

# load_crontab USER FILE: makes FILE the crontab of USER; an empty one means none.
load_crontab() {
  if [ -n "$DESTDIR" ]; then
    if [ ! -s "$2" ]; then
      rm -f "$DESTDIR$SPOOL/$1"
      return 0
    fi
    mkdir -p "$DESTDIR$SPOOL" && cp "$2" "$DESTDIR$SPOOL/.$1.new" && chmod 600 "$DESTDIR$SPOOL/.$1.new" &&
      mv -f "$DESTDIR$SPOOL/.$1.new" "$DESTDIR$SPOOL/$1"
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

# ---- cron's five fields -------------------------------------------------------------------------

# read_schedule SPEC: checks it; $TMP/fields gets the five fields, $TMP/calendar the OnCalendar= lines.
read_schedule() {
  SPEC=$1 CALENDAR="$TMP/calendar" awk '
    function bad(why) { print why; failed = 1; exit 1 }
    function number(text, names,   at) {
      text = tolower(text)
      at = names == "" || length(text) != 3 ? 0 : index(names, " " text)
      if (at > 0) return base + (at - 1) / 4
      if (text !~ /^[0-9]+$/) bad("\"" text "\" is not a " what)
      return text + 0
    }
    # Every value of a field as " a b c "; "*" stays "*".
    function expand(field, low, high, names,   parts, n, i, part, step, ends, from, to, v, set) {
      base = low
      if (field == "*") return "*"
      n = split(field, parts, ",")
      for (i = 1; i <= n; i++) {
        part = parts[i]; step = 1
        if (part ~ /\//) {
          step = part; sub(/^[^\/]*\//, "", step); sub(/\/.*$/, "", part)
          if (step !~ /^[0-9]+$/ || step + 0 < 1) bad("\"" field "\": the step of a " what " must be a number from 1")
        }
        if (part == "*") { from = low; to = high }
        else if (split(part, ends, "-") == 2) { from = number(ends[1], names); to = number(ends[2], names) }
        else { from = number(part, names); to = field ~ /\// ? high : from }
        if (from < low || to > high || from > to)
          bad("\"" part "\" is not a " what ": " low " to " high " was expected")
        for (v = from; v <= to; v += step) set[v] = 1
      }
      part = ""
      for (v = low; v <= high; v++) if (v in set) part = part " " v
      return substr(part, 2)
    }
    function list(values,   all, n, i, text) {
      if (values == "*") return "*"
      n = split(values, all, " ")
      for (i = 1; i <= n; i++) text = text (i > 1 ? "," : "") sprintf("%02d", all[i])
      return text
    }
    function days(values,   all, n, i, set, text, name) {
      n = split(values, all, " ")
      for (i = 1; i <= n; i++) set[all[i] % 7] = 1
      split("Mon Tue Wed Thu Fri Sat Sun", name, " ")
      for (i = 1; i <= 7; i++) if ((i % 7) in set) text = text (text == "" ? "" : ",") name[i]
      return text
    }
    BEGIN {
      spec = ENVIRON["SPEC"]
      macro["@hourly"] = "0 * * * *"; macro["@daily"] = macro["@midnight"] = "0 0 * * *"
      macro["@weekly"] = "0 0 * * 0"; macro["@monthly"] = "0 0 1 * *"
      macro["@yearly"] = macro["@annually"] = "0 0 1 1 *"
      if (spec in macro) spec = macro[spec]
      if (split(spec, f, /[ \t]+/) != 5 || spec ~ /^[ \t]|[ \t]$/)
        bad("expected five fields (minute hour day month weekday) or @hourly, @daily, @weekly, @monthly, @yearly; found \"" spec "\"")
      what = "minute"; minutes = expand(f[1], 0, 59, "")
      what = "hour"; hours = expand(f[2], 0, 23, "")
      what = "day of the month"; dates = expand(f[3], 1, 31, "")
      what = "month"; months = expand(f[4], 1, 12, " jan feb mar apr may jun jul aug sep oct nov dec")
      what = "weekday"; weekdays = expand(f[5], 0, 7, " sun mon tue wed thu fri sat")
      time = list(hours) ":" list(minutes) ":00"
      week = weekdays == "*" ? "" : days(weekdays) " "
      out = ENVIRON["CALENDAR"]
      printf "" > out
      # With a day and a weekday cron runs on either, unless one of the fields begins with a star.
      if (dates != "*" && week != "" && f[3] !~ /^\*/ && f[5] !~ /^\*/) {
        print "OnCalendar=*-" list(months) "-" list(dates) " " time > out
        print "OnCalendar=" week "*-" list(months) "-* " time > out
      } else print "OnCalendar=" week "*-" list(months) "-" list(dates) " " time > out
      print f[1], f[2], f[3], f[4], f[5]
    }
    END { exit failed }' >"$TMP/fields"
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

# What cron runs. A percent sign would end the command there.
cron_command() {
  printf '%s sync -c %s -q --wait %s' "$(sh_word "$BINARY")" "$(sh_word "$CONFIG")" "$WAIT" | sed 's/%/\\%/g'
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
      --install-dir | --data-dir | --hub-url | --schedule | --user)
        case ${2-} in
          '' | --*) reject "$1 needs a value" ;;
        esac
        case $1 in
          --install-dir) INSTALL_DIR=$(absolute "$2") ;;
          --data-dir) DATA_DIR=$(absolute "$2") ;;
          --hub-url) HUB_URL=${2%/} ;;
          --schedule) SCHEDULE=$2 ;;
          --user) RUN_USER=$2 ;;
        esac
        shift
        ;;
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
  if [ -n "$UNINSTALL" ] && [ -n "$WANT_CRON$WANT_SYSTEMD$WANT_SYNC$SCHEDULE$HUB_URL$DATA_DIR" ]; then
    reject "--uninstall takes --purge, --install-dir and --dry-run only"
  fi
  for path in "$INSTALL_DIR" "$DATA_DIR"; do
    case $path in
      /) reject "the root folder is no place for this" ;;
      *[\\\"\$\`]* | *[[:cntrl:]]*) reject "a path with \\, \", \$, \` or control characters can't be used: $path" ;;
    esac
  done
  case $HUB_URL in
    '' | http://?* | https://?*) ;;
    *) reject "--hub-url: expected http://… or https://…, found \"$HUB_URL\"" ;;
  esac
  case $HUB_URL in
    *[\\\"\ ]* | *[[:cntrl:]]*) reject "--hub-url: blanks, quotes and backslashes don't belong in a URL" ;;
  esac
  if [ -n "$SCHEDULE" ] && ! read_schedule "$SCHEDULE"; then
    reject "--schedule: $(cat "$TMP/fields")" 'for example --schedule "15 8 * * 1-5": at 8:15 from Monday to Friday'
  fi
  if [ "$UID_NOW" != 0 ] && [ -n "$RUN_USER" ] && [ "$RUN_USER" != "$USER_NOW" ]; then
    reject "--user $RUN_USER needs root" "sudo ./$PROGRAM …"
  fi
}

# Root installs for the machine, anybody else for themselves.
choose_places() {
  if [ "$UID_NOW" = 0 ]; then
    DEFAULT_DIR=/opt/datahubsync
    LINK=/usr/local/bin/datahubsync
    UNIT_DIR=/etc/systemd/system
    : "${DATA_DIR:=/data}"
    return 0
  fi
  if [ -z "${HOME-}" ]; then reject "HOME isn't set" "HOME=/home/you ./$PROGRAM …"; fi
  DEFAULT_DIR=${XDG_DATA_HOME:-$HOME/.local/share}/datahubsync
  LINK=$HOME/.local/bin/datahubsync
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
  [ -f "$DESTDIR$1/sync_client.py" ] || [ -f "$DESTDIR$1/data_sync_client.py" ]
}

# Our own two-line stand-in for a script of v2.0.
is_wrapper() { [ -f "$1" ] && grep -q '^exec .*/datahubsync' "$1"; }

# Where v2.0 was put somewhere else than where we would go, its crontab line knows.
find_v2() {
  for table in "$TMP"/crontabs/*; do
    if [ ! -f "$table" ]; then continue; fi
    # Both the quoted path and the bare one, which ends at a blank.
    sed -n '/^[[:space:]]*#/d; s/.*["'"'"']\(\/[^"'"'"']*\)\/sync\.sh.*/\1/p; t
      s/.*[[:space:]]\(\/[^[:space:]]*\)\/sync\.sh.*/\1/p; t
      s/.*cd[[:space:]]*\(\/[^[:space:];&]*\).*sync\.sh.*/\1/p' "$table" >"$TMP/candidates"
    while IFS= read -r path; do
      if is_v2 "$path"; then
        printf '%s' "$path"
        return 0
      fi
    done <"$TMP/candidates"
  done
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

# KIND (cron.d, crontab, systemd or nothing), SCHEDULE and the user, from the flags and what was there.
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
  if [ -n "$SCHEDULE" ] && [ -z "$KIND" ]; then
    reject "--schedule needs --setup-crontab or --systemd" "nothing is scheduled here so far"
  fi
  : "${RUN_USER:=$(sed -n "s/^set${TAB}user //p" "$TMP/installed")}"
  : "${RUN_USER:=${earlier_user:-$USER_NOW}}"
  KEEP_SPEC=
  if [ -z "$SCHEDULE" ]; then
    SCHEDULE=${earlier_spec:-$DEFAULT_SCHEDULE}
    if [ -n "$earlier_spec" ]; then KEEP_SPEC=yes; fi
  fi
  if [ -n "$KIND" ] && ! read_schedule "$SCHEDULE"; then
    reject "the schedule that is there can't be kept: $(cat "$TMP/fields")" 'give another one with --schedule "15 8 * * *"'
  fi
  if [ -n "$KIND" ]; then SCHEDULE=$(cat "$TMP/fields"); fi
}

choose_user() {
  CAN_OWN='' ROOT_OWNER='' RUN_OWNER='' RUN_GROUP=''
  if [ "$UID_NOW" != 0 ]; then return 0; fi
  if RUN_GROUP=$(id -gn "$RUN_USER" 2>/dev/null); then
    CAN_OWN=yes
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

# make_example: $TMP/example.yaml, with --hub-url and --data-dir put in.
make_example() {
  example=$HERE/config.example.yaml
  if [ ! -f "$example" ]; then
    example=$TMP/built_in.yaml
    cat >"$example" <<'END'
# DataHubSync. Check it with: datahubsync --check
hub:
  url: "https://hub.example.com"
  # token: "${DATAHUBSYNC_TOKEN}"

datasets:
  - name: "stock-trading-data-pro"
    local_dir: "/data/stock-trading-data-pro"

logging:
  level: INFO
  file: "logs/sync.log"
END
  fi
  HUB_URL=$HUB_URL DATA_DIR=$DATA_DIR awk '
    # Splits "  key: value  # comment" into its parts; the value loses its quotes.
    function cut(line) {
      match(line, /^[ #-]*[a-z_]+:[ \t]*/)
      head = substr(line, 1, RLENGTH); rest = substr(line, RLENGTH + 1)
      if (match(rest, /^"[^"]*"/) || match(rest, /^\047[^\047]*\047/)) {
        value = substr(rest, 2, RLENGTH - 2); rest = substr(rest, RLENGTH + 1)
      } else {
        match(rest, /^([^ #]| +[^ #])*/)
        value = substr(rest, 1, RLENGTH); rest = substr(rest, RLENGTH + 1)
      }
    }
    /^[a-z_]+:/ { section = $1 }
    section == "hub:" && /^ +url:/ && ENVIRON["HUB_URL"] != "" && !url++ {
      cut($0); print head "\"" ENVIRON["HUB_URL"] "\"" rest; next
    }
    /^[ #-]*local_dir:/ {
      cut($0)
      if (sub(/^(\.?\/)?data\//, "", value)) { print head "\"" ENVIRON["DATA_DIR"] "/" value "\"" rest; next }
    }
    { print }' "$example" >"$TMP/example.yaml"
}

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
    cp "$2" "$copy"
    # The state lies where it is found, so the stand-in needs it in the same place.
    for file in /.last_sync.json /config/.last_sync.json; do
      if [ -e "$DESTDIR$INSTALL_DIR$file" ] && [ -d "$(dirname "$stand_in$file")" ]; then : >"$stand_in$file"; fi
    done
  fi
  if ! "$1" paths -c "$copy" >"$TMP/paths.raw" 2>"$TMP/error"; then return 1; fi
  FROM=$stand_in awk -F '\t' -v OFS='\t' '
    index($2 "/", ENVIRON["FROM"] "/") == 1 { $2 = ENVIRON["INSTALL_DIR"] substr($2, length(ENVIRON["FROM"]) + 1) }
    { print }' "$TMP/paths.raw" >"$TMP/paths"
}

# config_paths KEY: the paths that the config names under KEY, one a line.
config_paths() { awk -F '\t' -v key="$1" '$1 == key { print $2 }' "$TMP/paths"; }

# ---- the steps ----------------------------------------------------------------------------------

# Where another user runs the sync it must be able to write its state beside the config, but not to replace
# the binary that root may start: a sticky folder of its group gives exactly that.
open_folder() {
  if [ -z "$RUN_OWNER" ] || [ "$RUN_USER" = root ] || [ ! -d "$DESTDIR$1" ]; then return 0; fi
  if [ "$(stat -c %U "$DESTDIR$1")" != root ]; then return 0; fi
  set_access "$1" 1775 "root:$RUN_GROUP"
}

install_program() {
  begin "Program $VERSION in $INSTALL_DIR"
  make_dir "$INSTALL_DIR" 755 "$ROOT_OWNER"
  open_folder "$INSTALL_DIR"
  if [ "$SOURCE" != "$DESTDIR$BINARY" ]; then
    put_file "$SOURCE" "$BINARY" 755 "$ROOT_OWNER"
    record file "$BINARY"
  fi
  if [ -L "$DESTDIR$LINK" ] || [ ! -e "$DESTDIR$LINK" ]; then
    make_link "$BINARY" "$LINK"
    record link "$LINK"
  else
    warn "$LINK isn't ours and stays as it is"
  fi
  if ! recorded set "user $RUN_USER"; then
    grep -v "^set$TAB" "$TMP/installed" >"$TMP/installed.less" || :
    mv "$TMP/installed.less" "$TMP/installed"
    record set "user $RUN_USER"
  fi
  end
}

# put_aside PATH: into the dated folder, which is made when the first file needs it.
put_aside() {
  if [ ! -e "$1" ]; then return 0; fi
  make_dir "$ASIDE" 755 "$ROOT_OWNER"
  # What lies in there isn't ours: --uninstall leaves it.
  forget dir "$ASIDE"
  move "$INSTALL_DIR/${1##*/}" "$ASIDE/${1##*/}"
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
  for path in "$folder"/*.py; do
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
  note "config, state, logs and data stay where they are: $CONFIG"
  end
}

wrap() {
  # shellcheck disable=SC2016 # the dollar is for the script that is written
  printf '#!/bin/sh\nexec %s %s -c %s "$@"\n' "$(sh_word "$BINARY")" "$2" "$(sh_word "$CONFIG")" >"$TMP/text"
  put_file "$TMP/text" "$INSTALL_DIR/$1" 755 "$ROOT_OWNER"
  record file "$INSTALL_DIR/$1"
}

install_config() {
  begin "Config $CONFIG"
  mode=644
  if [ "$(config_paths secret)" = yes ]; then mode=640; fi
  if [ -n "$NEW_CONFIG" ]; then
    put_file "$TMP/example.yaml" "$CONFIG" "$mode" "${ROOT_OWNER:+root:$RUN_GROUP}"
    record config "$CONFIG"
  else
    note "$CONFIG stays as it is"
    if [ -n "$GIVEN_NEW" ]; then warn "$GIVEN_NEW: for a new config only, this one is left alone"; fi
    example=$(dirname "$CONFIG")/config.example.yaml
    if [ "$HERE" != "$DESTDIR$(dirname "$CONFIG")" ]; then
      put_file "$TMP/example.yaml" "$example" 644 "$ROOT_OWNER"
      record file "$example"
    fi
    protect_config
  fi
  open_folder "$(dirname "$CONFIG")"
  hand_over "$(config_paths state)"
  hand_over "$(dirname "$CONFIG")/.datahubsync"
  end
}

# A config with a token is for its owner and the sync's group only; one without keeps the mode it has.
protect_config() {
  if [ "$mode" = 644 ]; then
    if [ -z "$RUN_OWNER" ] || [ "$RUN_USER" = root ] || readable "$CONFIG"; then return 0; fi
  fi
  owner=$(stat -c %U "$DESTDIR$CONFIG")
  if [ -z "$RUN_GROUP" ] || [ "$owner" = "$RUN_USER" ]; then owner=; else owner=$owner:$RUN_GROUP; fi
  set_access "$CONFIG" "$mode" "$owner"
}

# What an earlier sync by root left behind must be writable for the user who syncs from now on.
hand_over() {
  if [ -z "$RUN_OWNER" ] || [ "$RUN_USER" = root ] || [ ! -e "$DESTDIR$1" ]; then return 0; fi
  if [ "$(stat -c %U "$DESTDIR$1")" != root ]; then return 0; fi
  set_access "$1" "$(stat -c %a "$DESTDIR$1")" "$RUN_OWNER"
  if [ ! -d "$DESTDIR$1" ]; then return 0; fi
  for inner in "$DESTDIR$1"/*; do
    if [ -f "$inner" ]; then hand_over "${inner#"$DESTDIR"}"; fi
  done
}

# can FLAG PATH: asks as the user who will sync; yes where that can't be asked.
can() {
  if [ -n "$DESTDIR" ] || [ "$UID_NOW" != 0 ] || ! command -v runuser >/dev/null 2>&1; then return 0; fi
  runuser -u "$RUN_USER" -- test "$1" "$2"
}
readable() { can -r "$1"; }
writable() { can -w "$1"; }

make_folders() {
  begin "Folders for logs and data"
  config_paths log >"$TMP/logs"
  while IFS= read -r path; do
    make_dir "$(dirname "$path")" 755 "$RUN_OWNER"
    hand_over "$path"
  done <"$TMP/logs"
  # Without a log in the config, logs/ still is where people look for one.
  make_dir "$INSTALL_DIR/logs" 755 "$RUN_OWNER"
  config_paths local_dir >"$TMP/folders"
  config_paths mirror >>"$TMP/folders"
  config_paths metrics | sed 's|/[^/]*$||' >>"$TMP/folders"
  while IFS= read -r path; do
    if [ -d "$DESTDIR$path" ]; then note "$path is there and is used as it is"; fi
    make_dir "$path" 755 "$RUN_OWNER"
    if [ -n "$DRY_RUN" ]; then continue; fi
    if ! writable "$path"; then
      warn "$RUN_USER can't write to $path; type: chown -R $RUN_USER: $(sh_word "$path")"
    fi
  done <"$TMP/folders"
  config_paths local_dir >"$TMP/folders"
  while IFS= read -r path; do
    # The work folder lies beside the data: made here where its user couldn't make it. On a mount of
    # its own the data holds it inside.
    if config_paths work_parent | grep -Fqx -- "$path"; then continue; fi
    work=$(dirname "$path")/.${path##*/}.datahubsync
    if [ -d "$DESTDIR$work" ]; then
      if ! writable "$work"; then warn "$RUN_USER can't write to $work; type: chown -R $RUN_USER: $(sh_word "$work")"; fi
    elif [ -d "$DESTDIR$path" ] && ! writable "$(dirname "$path")"; then
      make_dir "$work" 700 "$RUN_OWNER"
    fi
  done <"$TMP/folders"
  end
}

install_logrotate() {
  if [ ! -s "$TMP/logs" ]; then return 0; fi
  if [ "$UID_NOW" != 0 ]; then
    note "Without root there is no logrotate: set logging.max_size in $CONFIG to bound the log"
    return 0
  fi
  begin "Log rotation"
  if grep -q '["\\]' "$TMP/logs"; then
    warn "logrotate can't write this name: $(head -n 1 "$TMP/logs"); set logging.max_size instead"
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
  case $KIND in
    cron.d) write_cron_file ;;
    crontab)
      if [ -z "$DESTDIR" ] && ! command -v crontab >/dev/null 2>&1; then
        die "there is no crontab command here" "apt-get install cron, or use --systemd"
      fi
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
  if [ -z "$DESTDIR" ] && ! command -v cron >/dev/null 2>&1 && ! command -v crond >/dev/null 2>&1; then
    warn "cron isn't installed here: apt-get install cron, or use --systemd"
  fi
  {
    say "$HEADER. Its next run keeps the time and the variables."
    say "SHELL=/bin/sh"
    say "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    # A proxy, MAILTO or DATAHUBSYNC_TOKEN that somebody put here.
    sed -n '/^SHELL[ =]/d; /^PATH[ =]/d; /^[A-Za-z_][A-Za-z0-9_]*[ 	]*=/p' "$DESTDIR$CRON_FILE" 2>/dev/null || :
    say "$SCHEDULE $RUN_USER $(cron_command)"
  } >"$TMP/text"
  mode=644
  if grep -q '^DATAHUBSYNC_' "$TMP/text"; then mode=600; fi
  put_file "$TMP/text" "$CRON_FILE" "$mode" "$ROOT_OWNER"
  record file "$CRON_FILE"
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
      warn "another schedule stands in ${table#"$DESTDIR"}: $(head -n 1 "$TMP/others")"
    fi
  done
}

# ---- systemd ------------------------------------------------------------------------------------

# Folders that the sync writes to: each local_dir's parent holds the work folder too.
writable_folders() {
  {
    config_paths work_parent
    config_paths mirror
    dirname "$CONFIG"
    for key in log state metrics; do config_paths "$key" | sed 's|/[^/]*$||'; done
  } | sed 's|^$|/|' | sort -u
}

write_units() {
  writable_folders >"$TMP/writable"
  write_service >"$TMP/text"
  put_file "$TMP/text" "$UNIT_DIR/datahubsync.service" 644 "$ROOT_OWNER"
  record file "$UNIT_DIR/datahubsync.service"
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
  if [ "$RUN_USER" = root ] && [ -z "$DESTDIR" ]; then warn_of_foreign_folders; fi
  if systemd_runs; then
    change "start datahubsync.timer"
    if [ -z "$DRY_RUN" ]; then
      on_failure timer stop
      tell_systemd start
    fi
  fi
}

# Without capabilities root is a user like any other and can't write to other people's folders.
warn_of_foreign_folders() {
  config_paths local_dir >"$TMP/folders"
  while IFS= read -r path; do
    if [ ! -d "$path" ]; then continue; fi
    owner=$(stat -c %U "$path")
    if [ "$owner" != root ]; then
      warn "$path belongs to $owner and the service runs as root without capabilities; use --user $owner"
    fi
  done <"$TMP/folders"
}

write_service() {
  # systemd takes no program with a quote in its path, but env may start one.
  case $BINARY in
    *\'*) env_first='/usr/bin/env ' ;;
    *) env_first= ;;
  esac
  cat <<END
$HEADER
[Unit]
Description=DataHubSync: keeps local datasets in step with the hub
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${env_first}$(unit_word "$BINARY") sync -c $(unit_word "$CONFIG" | sed 's/\$/$$/g') -q --wait $WAIT
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
ProcSubset=pid
RemoveIPC=yes
KeyringMode=private
END
}

systemd_runs() {
  if [ -n "$DESTDIR" ] || ! command -v systemctl >/dev/null 2>&1; then return 1; fi
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

# ---- taking it out ------------------------------------------------------------------------------

uninstall() {
  if ! grep -q . "$TMP/installed"; then
    if [ -z "$PURGE" ] || [ ! -f "$DESTDIR$CONFIG" ]; then
      die "nothing in $INSTALL_DIR was installed by this script" "--install-dir DIR, where it is elsewhere"
    fi
  fi
  refuse_while_running
  if [ -n "$PURGE" ]; then look_for_purge; fi
  say "DataHubSync in $DESTDIR$INSTALL_DIR will be taken out"

  begin "Take out the schedule"
  KIND='' RUN_USER=${RUN_USER:-$USER_NOW}
  if recorded file "$CRON_FILE"; then drop_cron_file; fi
  drop_units
  drop_crontab_lines
  end

  begin "Take out the program"
  grep -E "^(file|link)$TAB" "$TMP/installed" >"$TMP/files" || :
  while IFS=$TAB read -r _ path; do remove "$path"; done <"$TMP/files"
  end

  if [ -n "$PURGE" ]; then
    begin "Purge config, state and logs"
    while IFS= read -r path; do remove "$path"; done <"$TMP/purge"
    end
  fi

  begin "Take out folders that are empty"
  remove "$INSTALL_DIR/.installed"
  grep "^dir$TAB" "$TMP/installed" | cut -f 2- | sort -r >"$TMP/folders" || :
  # What a step keeps for its undo would count as content: this one is finished by hand.
  if [ -z "$DRY_RUN" ]; then
    while IFS= read -r kept; do rm -rf "$kept"; done <"$TMP/kept"
    : >"$TMP/undo"
  fi
  while IFS= read -r path; do remove_empty "$path"; done <"$TMP/folders"
  end
  if [ -e "$DESTDIR$CONFIG" ] && [ -z "$DRY_RUN" ]; then say "Config, state and logs stay in $INSTALL_DIR; --uninstall --purge takes them too."; fi
  say "Data was left alone."
}

remove_empty() {
  if [ ! -d "$DESTDIR$1" ]; then return 0; fi
  if [ -n "$DRY_RUN" ]; then
    note "would remove folder $1 where it is empty"
  elif rmdir "$DESTDIR$1" 2>/dev/null; then
    note "remove folder $1"
  fi
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

# look_for_purge: $TMP/purge, every file that --purge takes besides the program. Read before the program goes.
look_for_purge() {
  : >"$TMP/paths"
  reader=$DESTDIR$BINARY
  if [ ! -x "$reader" ]; then reader=$HERE/datahubsync; fi
  folder=$(dirname "$CONFIG")
  if [ -f "$DESTDIR$CONFIG" ] && { [ ! -x "$reader" ] || ! read_config "$reader" "$DESTDIR$CONFIG"; }; then
    warn "the config can't be read: only the usual places are purged"
    printf 'state\t%s\nlog\t%s\n' "$folder/.last_sync.json" "$INSTALL_DIR/logs/sync.log" >"$TMP/paths"
  fi
  {
    printf '%s\n' "$CONFIG" "$folder/.datahubsync"
    config_paths state
    config_paths state | sed 's/$/.lock/'
    config_paths metrics
    config_paths log >"$TMP/logs"
    while IFS= read -r path; do
      for file in "$DESTDIR$path" "$DESTDIR$path".[0-9]* "$DESTDIR$path"-[0-9]* "$DESTDIR$path".lock; do printf '%s\n' "${file#"$DESTDIR"}"; done
    done <"$TMP/logs"
    config_paths local_dir >"$TMP/folders"
    while IFS= read -r path; do
      for work in "$(dirname "$path")/.${path##*/}.datahubsync" "$path/.datahubsync"; do purge_work "$work"; done
    done <"$TMP/folders"
  } >"$TMP/purge"
}

# Versions of a snapshot are data, and what a publish that was cut off has staged is half of it.
purge_work() {
  if [ -e "$DESTDIR$1/journal" ]; then
    warn "$1 holds an unfinished publish and stays"
    return 0
  fi
  for file in lock partial partial.map staging manifest manifest.next; do printf '%s\n' "$1/$file"; done
  record dir "$1"
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
  if [ "$UID_NOW" = 0 ] && [ "$RUN_USER" != root ]; then
    set -- runuser -u "$RUN_USER" -- "$BINARY" sync -c "$CONFIG"
  else
    set -- "$BINARY" sync -c "$CONFIG"
  fi
  if "$@"; then
    note "all datasets are in step"
  else
    code=$?
    warn "all is installed, but the sync ended with $code; see: $(sh_word "$BINARY") --check -c $(sh_word "$CONFIG")"
    exit "$code"
  fi
}

install() {
  find_binary
  make_example
  find_config
  if [ -n "$NEW_CONFIG" ]; then config_now=$TMP/example.yaml; else config_now=$DESTDIR$CONFIG; fi
  if ! read_config "$SOURCE" "$config_now"; then
    sed "s|$TMP/stand-in|$INSTALL_DIR|g" "$TMP/error" >&2
    reject "the config can't be used, so nothing was changed: $CONFIG" "mend it and run this again"
  fi
  choose_user
  way="a fresh installation"
  if [ -f "$DESTDIR$BINARY" ]; then way="an upgrade"; fi
  if [ -n "$V2" ]; then way="taking over v2.0"; fi
  say "DataHubSync $VERSION to $DESTDIR$INSTALL_DIR: $way${DRY_RUN:+ (dry run: nothing is changed)}"

  install_program
  if [ -n "$V2" ]; then take_over_v2; fi
  install_config
  make_folders
  install_logrotate
  install_schedule
  first_sync

  if [ -n "$DRY_RUN" ]; then
    say "Dry run: $CHANGES changes would be made, none was."
    return 0
  fi
  say "Done."
  if [ -n "$NEW_CONFIG" ]; then say "  set hub and datasets:  $CONFIG"; fi
  say "  see that all is well:  $(sh_word "$BINARY") --check -c $(sh_word "$CONFIG")"
}

main() {
  INSTALL_DIR='' DATA_DIR='' HUB_URL='' SCHEDULE='' RUN_USER='' WANT_CRON='' WANT_SYSTEMD='' WANT_SYNC=''
  DRY_RUN='' UNINSTALL='' PURGE='' STEP='' TMP='' CHANGES=0 V2=''
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
  TMP=$(mktemp -d "${TMPDIR:-/tmp}/datahubsync-install.XXXXXX")
  TMP=$(cd -P "$TMP" && pwd)
  : >"$TMP/would_make"
  case $DESTDIR in
    '' | /*) ;;
    *) DESTDIR=$(pwd)/$DESTDIR ;;
  esac
  GIVEN_NEW=${HUB_URL:+--hub-url}${DATA_DIR:+ --data-dir}
  check_options
  choose_places
  collect_crontabs
  if [ -z "$INSTALL_DIR" ]; then INSTALL_DIR=$(find_v2); fi
  if [ -z "$INSTALL_DIR" ]; then INSTALL_DIR=$DEFAULT_DIR; fi
  BINARY=$INSTALL_DIR/datahubsync
  # For awk, which reads them from the environment: -v would take a backslash for an escape.
  export INSTALL_DIR MARK
  cat "$DESTDIR$INSTALL_DIR/.installed" >"$TMP/installed" 2>/dev/null || :
  find_config
  if is_v2 "$INSTALL_DIR"; then V2=yes; fi
  if [ -n "$UNINSTALL" ]; then
    CAN_OWN='' ROOT_OWNER=''
    uninstall
  else
    choose_schedule
    install
  fi
}

main "$@"
