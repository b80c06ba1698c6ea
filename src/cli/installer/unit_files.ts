/**
 * The text of the files that `install_client.sh` writes for systemd and logrotate.
 *
 * Guarantees: pure. A service may write to what is listed as `writable` and to nothing else. A user's
 * own service has no user, and not the mounts that only the machine's systemd can make.
 *
 * @module
 */
/** The first line of every file that the installer writes. */
export const HEADER = "# Written by install_client.sh";

/** Whom a service runs as; left out for a user's own systemd. */
interface Runs {
  runs?: { user: string; group: string };
}

/** A service to write. */
interface ServiceFile extends Runs {
  what: string;
  /** From the machine's start on, or once per call of a timer. */
  stays: boolean;
  program: string;
  /** The program's arguments. */
  words: readonly string[];
  /** A shell command to run after it. */
  then?: string;
  writable: readonly string[];
  /** Folders that it reads. */
  readable?: readonly string[];
  /** How many files and connections it may have open; default: what systemd gives, 1,024. */
  files?: number;
}

/** The sync's service, which may write to what is listed. */
export function syncService({ program, config, wait, then, writable, ...runs }: {
  program: string;
  config: string;
  wait: string;
  then?: string;
  writable: readonly string[];
} & Runs): string {
  const words = ["sync", "-c", config, "-q", "--wait", wait];
  return serviceFile({
    what: "keeps local datasets up to date with the hub",
    stays: false,
    program,
    words: then === undefined ? words : [...words, "--changes"],
    ...(then !== undefined && { then }),
    writable,
    ...runs,
  });
}

/** Packs folders into a site, every ten minutes, and signs it with what `keys` hold. */
export function packService({ program, folders, keys, site, ...runs }: {
  program: string;
  folders: readonly string[];
  keys: readonly string[];
  site: string;
} & Runs): string {
  return serviceFile({
    what: `packs folders into ${site}`,
    stays: true,
    program,
    words: [
      ...["pack", ...folders, "--output", site, "--settle", "60s", "--every", "10m"],
      ...keys.flatMap((key) => ["--sign", key]),
    ],
    writable: [site],
    readable: [...folders, ...keys],
    ...runs,
  });
}

/**
 * Open files of `serve`: 400 transfers take two each. The connections that may wait beside them cost
 * 260 MB at most.
 */
const SERVE_FILES = 4096;

/** Serves a site. */
export function serveService(
  { program, site, listen, ...runs }: { program: string; site: string; listen: string } & Runs,
): string {
  return serviceFile({
    what: `serves ${site}`,
    stays: true,
    program,
    words: ["serve", site, "--listen", listen],
    writable: [],
    readable: [site],
    files: SERVE_FILES,
    ...runs,
  });
}

/** A service that runs the program. */
function serviceFile(
  { what, stays, program, words, runs, then, writable, readable = [], files }: ServiceFile,
): string {
  // systemd takes no program with a quote in its path, but env may start one.
  const start = program.includes("'") ? ["/usr/bin/env"] : [];
  const lines = [
    HEADER,
    "[Unit]",
    `Description=DataHubSync: ${what}`,
    "Wants=network-online.target",
    "After=network-online.target",
    "",
    "[Service]",
    `Type=${stays ? "simple" : "oneshot"}`,
    `ExecStart=${[...start, unitWord(program), ...words.map(commandWord)].join(" ")}`,
    ...(then === undefined ? [] : afterwards(then, runs?.user === "root" ? undefined : runs)),
    "# 4: another run holds the lock and does the work.",
    "SuccessExitStatus=4",
    "UMask=0022",
    ...(files === undefined ? [] : [`LimitNOFILE=${files}`]),
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
    "# No MemoryDenyWriteExecute=: V8 compiles JavaScript to machine code while it runs.",
    ...(runs === undefined ? [] : enclosed(runs, writable, [...writable, ...readable])),
    ...(stays
      ? ["Restart=on-failure", "RestartSec=30", "", "[Install]", "WantedBy=multi-user.target"]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Runs a command after the service; the plus lifts restrictions that are meant for the sync only. */
function afterwards(then: string, runs?: { user: string; group: string }): string[] {
  const as = runs === undefined
    ? ""
    : `/usr/bin/setpriv --reuid=${runs.user} --regid=${runs.group} --init-groups -- `;
  return [
    "# While changes are unread; fails with the unit, and runs again next time.",
    `ExecStopPost=+${as}/bin/sh -c ${commandWord(then)}`,
    "# It may take its time, which systemd counts as stopping.",
    "TimeoutStopSec=infinity",
  ];
}

/** What only the machine's own systemd can do. */
function enclosed(
  { user, group }: { user: string; group: string },
  writable: readonly string[],
  touched: readonly string[],
): string[] {
  const inHomes = touched.some((path) => /^\/(home|root|run\/user)(\/|$)/.test(path));
  const inTemporary = touched.some((path) => /^\/(var\/)?tmp(\/|$)/.test(path));
  return [
    `User=${user}`,
    `Group=${group}`,
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    // The minus: a folder that is missing is for the sync to report, in words.
    ...writable.map((path) => `ReadWritePaths=${unitWord(`-${path}`)}`),
    `ProtectHome=${inHomes ? "read-only" : "yes"}`,
    ...(inTemporary ? [] : ["PrivateTmp=yes"]),
    "PrivateDevices=yes",
    "PrivateMounts=yes",
    "DevicePolicy=closed",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "# No ProcSubset=pid: it hides the kernel's version, which decides how files are flushed.",
    "RemoveIPC=yes",
    "KeyringMode=private",
  ];
}

/** The timer of the sync's service, with its `OnCalendar=` lines. */
export function timerFile(schedule: string, calendar: readonly string[]): string {
  return `${HEADER}
# Schedule: ${schedule}
[Unit]
Description=When DataHubSync runs

[Timer]
${calendar.join("\n")}
# Many clients of one hub shouldn't all come in the same second.
RandomizedDelaySec=2min
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** What a service gets in its environment, as `NAME=value` lines. */
export function environmentFile(variables: readonly string[]): string {
  return ["[Service]", ...variables.map((line) => `Environment=${unitWord(line)}`)]
    .map((line) => `${line}\n`).join("");
}

/** Rotates logs daily. */
export function logrotateFile(logs: readonly string[], user: string, group: string): string {
  // A run that is still writing keeps its file: compressing waits for the next day.
  return `${HEADER}
${logs.map((path) => `"${path}" {\n`).join("")}    su ${user} ${group}
    daily
    rotate 14
    compress
    delaycompress
    missingok
    notifempty
    nocreate
}
`;
}

/** A word of a unit file, which reads C escapes and percent signs of its own. */
function unitWord(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return `"${escaped}"`;
}

/** A word of a command, where a dollar would begin a variable; an option stays bare. */
function commandWord(text: string): string {
  return /^[A-Za-z0-9.:[\]-]+$/.test(text) ? text : unitWord(text).replaceAll("$", "$$$$");
}
