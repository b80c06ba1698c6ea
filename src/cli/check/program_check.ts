/**
 * The binary itself: its version, that it is there, what it may do.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { buildInfo } from "../../version.ts";
import type { CheckContext } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";

const RELEASE = "put the binary of a release in its place";

/** Checks the binary. */
export function checkProgram(context: CheckContext): CheckLine[] {
  const { machine } = context;
  const { version, commit, deno, testBuild } = buildInfo();
  const from = machine.compiled ? `commit ${commit?.slice(0, 12) ?? "unknown"}` : "its sources";
  const lines = [fine("program.version", `datahubsync ${version} from ${from}, Deno ${deno}`)];
  if (testBuild) {
    lines.push(warning(
      "program.version",
      "this binary was built for tests, with rights that a release doesn't have",
      RELEASE,
    ));
  }
  if (machine.compiled) lines.push(isThere(context), rightsOf(context));
  return lines;
}

/** Who may replace it is for the owner rule. */
function isThere({ machine }: CheckContext): CheckLine {
  const path = machine.execPath;
  try {
    const mode = (Deno.statSync(path).mode ?? 0) & 0o7777;
    return fine("program.mode", `${path} has mode ${mode.toString(8)}`);
  } catch (error) {
    return failure("program.mode", `${path} can't be looked at: ${messageOf(error)}`, RELEASE);
  }
}

function rightsOf({ machine }: CheckContext): CheckLine {
  if (machine.excessRights.length === 0) {
    return fine("program.rights", "it has no right to run programs or to call native code");
  }
  return warning(
    "program.rights",
    `it may ${machine.excessRights.join(" and ")}, which a release may not`,
    RELEASE,
  );
}
