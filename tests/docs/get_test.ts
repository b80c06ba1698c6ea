/**
 * The page about ZIPs on the web: its configurations load, and its commands are commands.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/load_config.ts";
import { flagsIn, optionsOf, read, visibleCommands } from "./pages.ts";

const text = await read("docs/get.md");

Deno.test("docs/get.md has configurations that load without a hub and without a warning", () => {
  const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block!);
  assert(blocks.length >= 7);
  for (const block of blocks) {
    const config = parseConfig(block, {
      path: "/srv/config.yaml",
      env: () => "from-the-environment",
    });
    assert.deepEqual([config.warnings, config.hub.urls], [[], []]);
    for (const { source } of config.datasets) {
      for (const url of source!.urls) assert.match(new URL(url).hostname, /(^|\.)example\.org$/);
    }
  }
});

Deno.test("docs/get.md names options that exist, and only hosts that are made up", () => {
  const known = new Set(["--check", "--help", ...visibleCommands().flatMap(optionsOf)]);
  for (const flag of flagsIn(text)) assert(known.has(flag), flag);
  const hosts = [...text.matchAll(/https?:\/\/(?:[^\s/"]*@)?([\w.-]+)/g)].map(([, host]) => host!);
  assert(hosts.length > 5);
  for (const host of hosts) assert.match(host, /(^|\.)example\.org$/);
});
