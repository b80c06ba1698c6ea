/**
 * The page of the configuration has every key and every variable, in both languages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ENV_NAMES } from "../../src/config/env_names.ts";
import { configKeys } from "../../src/config/load_config.ts";
import { codesIn, read, rowsOf } from "./pages.ts";

for (const name of ["docs/configuration.md", "docs/configuration.zh-CN.md"]) {
  const text = await read(name);

  Deno.test(`${name} has every key of the configuration`, () => {
    const keys = rowsOf(text, "`hub.url`").flatMap(([cell = ""]) => codesIn(cell));
    assert.deepEqual(keys.sort(), configKeys().sort());
  });

  Deno.test(`${name} names the environment variables that a configuration may name`, () => {
    const named = new Set([...text.matchAll(/`(DATAHUBSYNC_[A-Z_0-9]+)`/g)].map(([, one]) => one));
    named.delete("DATAHUBSYNC_CONFIG");
    const [first, last] = ["DATAHUBSYNC_SECRET_1", "DATAHUBSYNC_SECRET_4"];
    const between = ENV_NAMES.filter((one) => one > first && one < last);
    assert.deepEqual([...named].sort(), ENV_NAMES.filter((one) => !between.includes(one)).sort());
  });
}
