/**
 * The binary itself: its version, that it is there, what it may do.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { buildInfo } from "../../version.ts";
import type { CheckContext } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { CHECK } from "../../messages/check.ts";

const RELEASE = CHECK.put_the_binary_of_a_release();

/** Checks the binary. */
export function checkProgram(context: CheckContext): CheckLine[] {
  const { machine } = context;
  const { version, commit, deno, testBuild } = buildInfo();
  const from = machine.compiled
    ? CHECK.commit({ commit: commit?.slice(0, 12) ?? "unknown" })
    : CHECK.its_sources();
  const lines = [fine("program.version", CHECK.program_is({ version, origin: from, deno }))];
  if (testBuild) {
    lines.push(warning("program.version", CHECK.test_build(), RELEASE));
  }
  if (machine.compiled) lines.push(isThere(context), rightsOf(context));
  return lines;
}

/** Who may replace it is for the owner rule. */
function isThere({ machine }: CheckContext): CheckLine {
  const path = machine.execPath;
  try {
    const mode = (Deno.statSync(path).mode ?? 0) & 0o7777;
    return fine("program.mode", CHECK.program_mode({ path, mode: mode.toString(8) }));
  } catch (error) {
    return failure(
      "program.mode",
      CHECK.cant_be_looked_at({ path, error: messageOf(error) }),
      RELEASE,
    );
  }
}

function rightsOf({ machine }: CheckContext): CheckLine {
  if (machine.excessRights.length === 0) {
    return fine("program.rights", CHECK.no_excess());
  }
  return warning(
    "program.rights",
    CHECK.excess({ rights: machine.excessRights.join(", ") }),
    RELEASE,
  );
}
