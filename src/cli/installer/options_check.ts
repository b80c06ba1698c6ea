/**
 * Checks the options of install_client.sh, before anything is changed.
 *
 * Guarantees: what would be written into a crontab, a unit or a path contains no character that is special there. Whether
 * --then is valid shell is left to the shell.
 *
 * @module
 */
import { asRoot } from "../../as_root.ts";
import { isSharedFolder } from "../../config/system_folders.ts";
import { orElse } from "../../or_else.ts";
import { shellWord } from "../../shell_word.ts";
import type { InstallFacts } from "./facts.ts";
import type { InstallerSentence } from "./installer_chinese.ts";
import type { InstallPlan } from "./plan.ts";

type Sentence = [format: InstallerSentence, ...words: string[]];

/** A fault and its remedy; a usage error unless it is a `fault` of the machine. */
interface Objection {
  says: Sentence;
  hint?: Sentence | string;
  fault?: boolean;
}

/** Ends the run with what is wrong first; returns whether nothing is. */
export function checkOptions(plan: InstallPlan): boolean {
  const { facts } = plan;
  const isHub = facts.PACK + facts.SITE + facts.SERVE + facts.SIGN !== "";
  const found = inSchedule(facts) ?? (facts.THEN ? inThen(facts) : undefined) ??
    (isHub ? inHub(facts) : undefined) ?? inUser(facts) ?? inMachine(facts);
  if (found === undefined) return true;
  const { says, hint = "", fault = false } = found;
  const helps = typeof hint === "string" ? hint : plan.t(...hint);
  plan.add(fault ? "die" : "reject", plan.t(...says), helps);
  return false;
}

function inSchedule({ WANT_CRON, WANT_SYSTEMD }: InstallFacts): Objection | undefined {
  if (!WANT_CRON || !WANT_SYSTEMD) return undefined;
  return {
    says: ["--setup-crontab and --systemd exclude each other"],
    hint: ["one schedule is enough: choose one"],
  };
}

function inUser({ RUN_USER, UID_NOW, USER_NOW, PROGRAM }: InstallFacts): Objection | undefined {
  if (RUN_USER !== "" && !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(RUN_USER)) {
    return { says: ['--user: the name of a user was expected, found "%s"', RUN_USER] };
  }
  if (UID_NOW !== "0" && RUN_USER !== "" && RUN_USER !== USER_NOW) {
    return { says: ["--user %s needs root", RUN_USER], hint: asRoot(`./${PROGRAM} …`) };
  }
  return undefined;
}

function inMachine(
  { WANT_SYSTEMD, DESTDIR, SYSTEMD, PACKAGED, INSTALL_DIR }: InstallFacts,
): Objection | undefined {
  if (PACKAGED && orElse(() => Deno.statSync("/etc/datahubsync/config.yaml").isFile, false)) {
    return {
      says: ["the package's own config is there: /etc/datahubsync/config.yaml"],
      hint: [
        "systemctl enable --now datahubsync.timer; or move it to %s/config.yaml and run this again",
        INSTALL_DIR,
      ],
      fault: true,
    };
  }
  if (WANT_SYSTEMD && !DESTDIR && !SYSTEMD) {
    return {
      says: ["--systemd: systemd doesn't run here, so no timer would"],
      hint: ["use --setup-crontab"],
      fault: true,
    };
  }
  return undefined;
}

function inThen({ THEN, NO_THEN }: InstallFacts): Objection | undefined {
  if (NO_THEN) return { says: ["--then and --no-then exclude each other"] };
  const hint: Sentence = ["put it into a script, and give that: --then /path/of/the/script"];
  if (/\p{Cc}/u.test(THEN)) {
    return {
      says: ["--then: one line was expected, found a newline or another control character"],
      hint,
    };
  }
  // Some daemons read two backslashes as one, and all of them the one before a percent sign.
  if (/\\[\\%]/.test(THEN)) {
    return {
      says: [
        "--then: a backslash before another one or before a percent sign can't be written into a crontab",
      ],
      hint,
    };
  }
  return undefined;
}

function inHub(facts: InstallFacts): Objection | undefined {
  const { UID_NOW, PACK, SIGN, SITE, SERVE, DESTDIR, SYSTEMD, WANT_SYSTEMD, SCHEDULE } = facts;
  if (UID_NOW !== "0") {
    return { says: ["--pack and --serve need root"], hint: asRoot(`./${facts.PROGRAM} …`) };
  }
  if (facts.HUB_URL + facts.DATA_DIR + facts.WANT_SYNC + facts.THEN + facts.NO_THEN !== "") {
    return {
      says: ["--pack and --serve make a hub, --hub-url, --data-dir, --then and --sync a client"],
      hint: ["run this once for each"],
    };
  }
  if (SIGN && !PACK) return { says: ["--sign goes with --pack"] };
  if (PACK + SERVE === "") return { says: ["--site goes with --pack or --serve"] };
  if (WANT_SYSTEMD && SCHEDULE) {
    return {
      says: ["--schedule is cron's: by systemd the hub is packed every ten minutes"],
      hint: ["leave one of them out"],
    };
  }
  if (isSharedFolder(siteOf(facts))) {
    return { says: ["%s is no place for a site", SITE], hint: ["name a folder inside it"] };
  }
  if (/[^\]0-9A-Za-z.:[-]/.test(SERVE)) {
    return { says: ["--serve: an address such as 0.0.0.0:8000 was expected, found %s", SERVE] };
  }
  if (SERVE && !/:(?:[1-9]\d{3}|[1-6]\d{4})$/.test(SERVE)) {
    return {
      says: [
        "--serve: an address with a port from 1024 on was expected, as 0.0.0.0:8000, found %s",
        SERVE,
      ],
    };
  }
  if (SERVE && !DESTDIR && !SYSTEMD) {
    return {
      says: ["--serve: systemd doesn't run here, so nothing would start it"],
      hint: ["let nginx serve %s: docs/hub.md", siteOf(facts)],
      fault: true,
    };
  }
  const keys = pathsOf(SIGN);
  if (keys.length > 2) return { says: ["--sign: two keys at most, the old one and the new one"] };
  for (const path of [...pathsOf(PACK), ...keys]) {
    if (/[\\"$`]|\p{Cc}/u.test(path)) {
      return { says: ["a path with \\, \", $, ` or control characters can't be used: %s", path] };
    }
    if (/\/\.\.?\//.test(`${path}/`)) {
      return { says: ["a path with . or .. can't be used: %s", path] };
    }
  }
  if (DESTDIR) return undefined;
  const folder = pathsOf(PACK).find((path) =>
    !orElse(() => Deno.statSync(path).isDirectory, false)
  );
  if (folder !== undefined) return { says: ["--pack: there is no folder %s", folder] };
  return keys.map((key) => inKey(key, facts.SOURCE)).find((objection) => objection !== undefined);
}

/** `pack` uses no other key. */
function inKey(path: string, source: string): Objection | undefined {
  const info = orElse(() => Deno.statSync(path), undefined);
  if (!info?.isFile) {
    return {
      says: ["--sign: there is no file %s", path],
      hint: `${shellWord(source)} key ${shellWord(path)}`,
    };
  }
  if (((info.mode ?? 0) & 0o077) === 0) return undefined;
  return { says: ["--sign: others may read %s", path], hint: `chmod 600 ${shellWord(path)}` };
}

/** Paths that the script has joined by line ends. */
export function pathsOf(lines: string): string[] {
  return lines.split("\n").filter((line) => line !== "");
}

/** The hub's site. */
export function siteOf({ SITE }: InstallFacts): string {
  return SITE || "/srv/hub";
}
