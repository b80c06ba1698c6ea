/**
 * The program's first line: arguments in, exit code out.
 *
 * @module
 */
import { run } from "./src/cli/run.ts";
import { settleProcess } from "./src/cli/settle_process.ts";

if (import.meta.main) {
  Deno.exit(await run(Deno.args, settleProcess));
}
