/** The binary's permissions are those that deno.json names, one by one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { walk } from "../../src/fs/walk.ts";
import denoJson from "../../deno.json" with { type: "json" };
import {
  ENV_NAMES,
  permissionFlags,
  permissionSet,
  TEST_ENV_NAMES,
} from "../../tools/permissions.ts";
import { DENO_VERSION } from "../../tools/runtime.ts";
import { ROOT } from "../support/sources.ts";

Deno.test("permissionSet() is what `deno task demo` runs with", () => {
  assert.deepEqual(denoJson.permissions.datahubsync, permissionSet());
  assert.match(denoJson.tasks.demo.command, /--no-prompt -P=datahubsync main\.ts demo$/);
});

Deno.test("permissionFlags() names right by right, and never all of them or programs", () => {
  const flags = permissionFlags();
  assert(flags.includes("--no-prompt"));
  for (
    const flag of ["--allow-all", "-A", "--allow-run", "--allow-ffi", "--allow-env", "--allow-sys"]
  ) {
    assert(!flags.includes(flag), flag);
  }
});

Deno.test("permissionFlags() lets only a test build read where to stop", () => {
  const readable = (testBuild: boolean): string =>
    permissionFlags({ testBuild }).find((flag) => flag.startsWith("--allow-env="))!;
  for (const name of TEST_ENV_NAMES) {
    assert(!readable(false).includes(name));
    assert(readable(true).includes(name));
    assert(!ENV_NAMES.includes(name));
  }
});

Deno.test("denow pins the same Deno as the compile tool", async () => {
  const denow = await Deno.readTextFile(new URL("../../denow", import.meta.url));
  assert.match(denow, new RegExp(`^version=${DENO_VERSION.replaceAll(".", "\\.")}$`, "m"));
});

Deno.test("every task starts a file or a folder that is there", async () => {
  for (const [name, { command }] of Object.entries(denoJson.tasks)) {
    for (const [, path] of command.matchAll(/ ((?:tools|tests|bench|main)[\w./]*)/g)) {
      await assert.doesNotReject(
        Deno.stat(new URL(`../../${path}`, import.meta.url)),
        `${name}: ${path}`,
      );
    }
  }
});

/** Read by what isn't in the sources: the runtime, and libraries. */
const OTHERS: Record<string, string> = {
  ...{ CLICOLOR_FORCE: "commander", FORCE_COLOR: "commander" },
  ...{ LOG_STREAM: "yaml", LOG_TOKENS: "yaml" },
  ...{ DENO_TLS_CA_STORE: "runtime", COLUMNS: "runtime" },
  ...{ HTTPS_PROXY: "runtime", HTTP_PROXY: "runtime" },
};

Deno.test("permissionFlags() names no variable that nothing reads", async () => {
  const sources: string[] = [];
  for (const { path } of walk(join(ROOT, "src"))) {
    if (path.endsWith(".ts")) sources.push(await Deno.readTextFile(join(ROOT, "src", path)));
  }
  const text = sources.join("\n");
  const unread = ENV_NAMES.filter((name) =>
    !(name in OTHERS) && !new RegExp(`["'\`]${name}["'\`]`).test(text)
  );
  assert.deepEqual(unread, []);
});
