/**
 * The binary itself: its version, who may replace it, what it may do.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { buildInfo } from "../../version.ts";
import { shellWord } from "../../shell_word.ts";
import { asRoot, type CheckContext } from "./check_context.ts";
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
  if (machine.compiled) lines.push(mayReplace(context), rightsOf(context));
  return lines;
}

/** Whoever may write the binary decides what the scheduled job does. */
function mayReplace({ machine }: CheckContext): CheckLine {
  const path = machine.execPath;
  try {
    const mode = (Deno.statSync(path).mode ?? 0) & 0o7777;
    const octal = mode.toString(8);
    if ((mode & 0o022) === 0) {
      return fine("program.mode", `${path} has mode ${octal}: only its owner may replace it`);
    }
    return warning(
      "program.mode",
      `${path} has mode ${octal}: others than its owner may write it`,
      asRoot(machine, `chmod 755 ${shellWord(path)}`),
    );
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
