/**
 * A plain Deno project imports the library by its name, with rights named one by one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { LocalHub } from "../src/mod.ts";
import { tempDir } from "./support/temp.ts";

const ROOT = dirname(import.meta.dirname!);
const PROJECT = join(ROOT, "tests", "library");

/** What `docs/api.md` names as the rights of a program that syncs. */
const RIGHTS = ["--allow-env", "--allow-sys=hostname,statfs"];

async function follow(configPath: string, host: string): Promise<[number, string, string]> {
  const folder = dirname(configPath);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...RIGHTS,
      `--allow-net=${host}`,
      `--allow-read=${folder},${ROOT}`,
      `--allow-write=${folder}`,
      "follow.ts",
      configPath,
    ],
    cwd: PROJECT,
    env: { NO_COLOR: "1", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
  }).output();
  const text = new TextDecoder();
  return [code, text.decode(stdout), text.decode(stderr)];
}

Deno.test("a project that links the library syncs with it, and nothing is printed but its own lines", async () => {
  await using hub = await LocalHub.start({ bars: { "a.csv": "1\n", "b.csv": "2\n" } });
  await using dir = await tempDir();
  const config = dir.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `hub: { url: "${hub.url}" }\ndatasets: [{ name: bars, local_dir: ./bars }]\n`,
  );
  const { host } = new URL(hub.url);
  assert.deepEqual(await follow(config, host), [
    0,
    "bars: success, 2 fetched\n",
    "",
  ]);
  assert.equal(await Deno.readTextFile(dir.at("bars", "b.csv")), "2\n");
  assert.deepEqual(await follow(config, host), [
    0,
    "bars: up_to_date, 0 fetched\n",
    "",
  ]);
});

Deno.test("a project that links the library gets a typed error for a bad configuration", async () => {
  await using dir = await tempDir();
  const config = dir.at("config.yaml");
  await Deno.writeTextFile(config, "hub: { urll: x }\n");
  const [code, stdout, stderr] = await follow(config, "127.0.0.1");
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^config: .*\n.*config\.yaml:1:8: unknown key `urll` in `hub`; did you mean `url`\?$/m,
  );
});
