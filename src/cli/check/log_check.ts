/**
 * The log: writable, and bounded by somebody.
 *
 * @module
 */
import { asRoot } from "../../as_root.ts";
import { hintOf, messageOf } from "../../errors.ts";
import { ifThere } from "../../fs/if_there.ts";
import { openOwn } from "../../fs/own_file.ts";
import { nearestExisting } from "../../fs/space.ts";
import { bytesText } from "../../units.ts";
import { orElse } from "../../or_else.ts";
import { isStream } from "../../monitoring/log_file.ts";
import { shellWord } from "../../shell_word.ts";
import {
  type CheckContext,
  type Machine,
  moveAside,
  onMachine,
  takeOver,
  textOf,
} from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { probeFolder, toWrite } from "./disk/write_probe.ts";
import { dirname, join } from "node:path";
import { CHECK } from "../../messages/check.ts";
import { DISK } from "../../messages/disk.ts";

/** Checks the log; `scheduled` = runs may happen that nobody watches. */
export async function checkLog(context: CheckContext, scheduled: boolean): Promise<CheckLine[]> {
  const { file, maxSize, keep } = context.config.logging;
  if (file === undefined) {
    if (!scheduled) return [fine("log.writable", CHECK.no_log_no_schedule())];
    const { path } = context.config;
    return [warning("log.writable", CHECK.no_log(), CHECK.set_log_file({ path }))];
  }
  if (isStream(file)) return [fine("log.writable", CHECK.nothing_kept({ file }))];
  const lines = [await writable(file, context)];
  if (maxSize > 0) {
    const text = CHECK.we_rotate({ maxSize: bytesText(maxSize), keep });
    return [...lines, fine("log.rotated", text)];
  }
  const rotator = findRotation(file, context.machine);
  if (rotator !== undefined) return [...lines, fine("log.rotated", CHECK.rotates_it({ rotator }))];
  return [...lines, unbounded(file, context)];
}

async function writable(file: string, { machine }: CheckContext): Promise<CheckLine> {
  try {
    using open = ifThere(() => openOwn(file, { access: "append", followOwnLinks: true }));
    if (open !== undefined) return fine("log.writable", CHECK.writable({ shown: file }));
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) {
      return failure("log.writable", DISK.is_a_folder({ path: file }), moveAside(file));
    }
    const text = CHECK.file_not_writable({ file, error: messageOf(error) });
    return failure("log.writable", text, hintOf(error) ?? takeOver(machine, file));
  }
  const place = await nearestExisting(dirname(file));
  const probe = await probeFolder(place);
  if (probe.writable) return fine("log.writable", CHECK.will_be_made({ shown: file }));
  const text = CHECK.file_not_makable({ file, message: probe.error.message });
  return failure("log.writable", text, toWrite(place, probe.error, machine));
}

/** The logrotate file that names the log, by its path or by a pattern. */
function findRotation(file: string, machine: Machine): string | undefined {
  const folder = onMachine(machine, "/etc/logrotate.d");
  const entries = orElse(() => [...Deno.readDirSync(folder)], []);
  return entries.filter(({ name, isFile }) => isFile && !/[~.]|^#/.test(name))
    .map(({ name }) => join(folder, name)).find((path) => {
      const text = textOf(path)?.replace(/^\s*#.*$/gm, "") ?? "";
      return patternsIn(text).some((pattern) => matches(pattern, file));
    });
}

/** The words of a logrotate file that are paths, quoted or bare. */
function patternsIn(text: string): string[] {
  return [...text.matchAll(/"(\/[^"]*)"|(\/[^\s{"]+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

function matches(pattern: string, file: string): boolean {
  const source = pattern.replace(/[.+^$()|[\]\\{}]/g, "\\$&")
    .replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`).test(file);
}

function unbounded(file: string, { config, machine }: CheckContext): CheckLine {
  const size = orElse(() => Deno.statSync(file).size, 0); // it may not be there yet
  const text = CHECK.nobody_rotates({
    size: size === 0 ? "" : CHECK.and_it_has({ size: bytesText(size) }),
  });
  if (/["\\']/.test(file) || machine.uid !== 0) {
    return warning("log.rotated", text, CHECK.set_max_size({ path: config.path }));
  }
  const target = shellWord(onMachine(machine, "/etc/logrotate.d/datahubsync"));
  const rules =
    `\\n  weekly\\n  rotate 8\\n  compress\\n  delaycompress\\n  missingok\\n  notifempty\\n`;
  const write = `printf '"%s" {${rules}}\\n' ${shellWord(file)} > ${target}`;
  return warning("log.rotated", text, asRoot(write, machine));
}
