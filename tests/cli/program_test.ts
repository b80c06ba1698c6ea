/** What the command line answers to words that it can't follow. */
import assert from "node:assert/strict";
import { runProgram } from "../../src/cli/run_program.ts";
import { UsageError } from "../../src/errors.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

async function refused(...args: string[]): Promise<{ message: string; hint: string | undefined }> {
  try {
    await runProgram(args, fakeTerminal());
  } catch (error) {
    assert(error instanceof UsageError, String(error));
    return { message: error.message, hint: error.hint };
  }
  assert.fail(`accepted: ${args.join(" ")}`);
}

Deno.test("runProgram() says that a command comes before its options", async () => {
  const { message, hint } = await refused("-c", "config.yaml", "status");
  assert.match(message, /has to come first, before its options: status/);
  assert.equal(hint, "datahubsync status …");
});

Deno.test("runProgram() guesses which command a misspelt one was meant to be", async () => {
  assert.deepEqual(await refused("stauts"), {
    message: 'unknown command "stauts"',
    hint: "did you mean datahubsync status?",
  });
  assert.deepEqual(await refused("help", "snyc"), {
    message: 'unknown command "snyc"',
    hint: "did you mean datahubsync sync?",
  });
  // As a Chinese keyboard writes it.
  assert.deepEqual(await refused("－－check"), {
    message: 'unknown command "－－check"',
    hint: "did you mean datahubsync check?",
  });
  // Nobody is sent to a hidden command, `installer`.
  for (const word of ["frobnicate", "install"]) {
    assert.deepEqual(await refused(word), {
      message: `unknown command "${word}"`,
      hint: undefined,
    });
  }
});

Deno.test("runProgram() names the words that are too many for a command", async () => {
  assert.match((await refused("status", "extra")).message, /too many arguments for 'status'/);
  assert.match((await refused("--force", "extra")).message, /too many arguments for 'sync'/);
});

Deno.test("runProgram() guesses misspelt options, of every command", async () => {
  assert.deepEqual(await refused("--frce"), {
    message: "unknown option '--frce'",
    hint: "did you mean --force?",
  });
  assert.deepEqual(await refused("list", "--jsn"), {
    message: "unknown option '--jsn'",
    hint: "did you mean --json?",
  });
});

Deno.test("runProgram() prints the version as a command, too", async () => {
  for (
    const [args, text] of [[["version"], /^\d+\.\d+\.\d+\S*\n$/], [
      ["version", "--json"],
      /^\{/,
    ]] as const
  ) {
    const terminal = fakeTerminal();
    assert.equal(await runProgram(args, terminal), 0);
    assert.match(terminal.stdout(), text);
  }
});
