/**
 * The binary for aarch64, run by an emulator: that it starts, and that its folder is the hub's.
 * A few runs only: each takes some ten seconds in an emulator.
 *
 * Skipped, saying why, where qemu, the C library for arm64 or the runtime can't be had. The demo isn't
 * run: making its data takes minutes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { pro } from "../../src/demo/profiles.ts";
import { VERSION } from "../../src/version.ts";
import { compile } from "../../tools/compile.ts";
import { elfTarget } from "../../tools/runtime.ts";
import { configFor } from "../support/binary.ts";
import { type Ended, outcomeOf } from "../support/command.ts";
import { findEmulator } from "../support/emulator.ts";
import { missingRuntime } from "../support/foreign_runtime.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = "aarch64-unknown-linux-gnu";
const NAME = "stock-trading-data-pro";

const emulator = await findEmulator();
const missing = emulator.missing ?? await missingRuntime(TARGET);
const title = "the binary for aarch64 starts, syncs, and follows a changed dataset";

Deno.test({
  name: missing === undefined ? title : `${title} (needs ${missing})`,
  ignore: missing !== undefined,
  async fn() {
    await using temp = await tempDir();
    const binary = temp.at("datahubsync");
    await compile({ root: ROOT, output: binary, target: TARGET });
    assert.equal(await elfTarget(binary), TARGET);
    const run = (...args: string[]): Promise<Ended> => {
      const [program, ...rest] = [...emulator.command, binary, ...args];
      return outcomeOf(program!, rest, {
        cwd: temp.path,
        env: { HOME: temp.path },
        clearEnv: true,
      });
    };
    const well = (ended: Ended): string => {
      assert.equal(ended.code, 0, ended.stdout + ended.stderr);
      return ended.stdout;
    };

    const { version, target } = JSON.parse(well(await run("--version", "--json")));
    assert.deepEqual({ version, target }, { version: VERSION, target: TARGET });

    await using hub = startHub({ kind: "modern", profile: pro({ scale: 0.002, rows: 20 }) });
    await Deno.writeTextFile(temp.at("config.yaml"), configFor(hub.url, [NAME]));
    const sync = async (): Promise<{ status: string; version: string }> =>
      JSON.parse(well(await run("sync", "--json"))).results[0];
    const tree = () => readTree(temp.at("data", NAME));

    assert.equal((await sync()).status, "success");
    assertSameTree(await tree(), hub.tree());
    hub.nextDay();
    const changed = await sync();
    assert.deepEqual([changed.status, changed.version], ["success", hub.dataset.version]);
    assertSameTree(await tree(), hub.tree());
  },
});
