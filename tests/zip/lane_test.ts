/** What a worker that extracts may do: read and write, where the runtime can hold it to that. */
import assert from "node:assert/strict";
import { WORKER_PERMISSIONS } from "../../src/zip/extract/lane.ts";
import { run } from "../support/command.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("a worker with WORKER_PERMISSIONS reads and writes, and reaches nothing else", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(
    temp.at("worker.ts"),
    `const tries = {
      read: () => Deno.readTextFileSync(${JSON.stringify(temp.at("worker.ts"))}),
      write: () => Deno.writeTextFileSync(${JSON.stringify(temp.at("written"))}, ""),
      net: () => Deno.listen({ port: 0 }),
      env: () => Deno.env.get("HOME"),
      sys: () => Deno.hostname(),
      run: () => new Deno.Command("true").outputSync(),
      ffi: () => Deno.dlopen("libc.so.6", {}),
    };
    const said = {};
    for (const [name, go] of Object.entries(tries)) {
      try { go(); said[name] = "allowed"; } catch (error) { said[name] = error.name; }
    }
    self.postMessage(said);`,
  );
  await Deno.writeTextFile(
    temp.at("main.ts"),
    `const permissions = ${JSON.stringify(WORKER_PERMISSIONS)};
    const url = new URL("worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", deno: { permissions } });
    worker.onmessage = ({ data }) => { console.log(JSON.stringify(data)); Deno.exit(); };`,
  );
  const flags = ["-A", "--quiet", "--no-check", "--no-config", "--unstable-worker-options"];
  const stdout = await run(Deno.execPath(), ["run", ...flags, temp.at("main.ts")]);
  const no = "NotCapable";
  const expected = {
    read: "allowed",
    write: "allowed",
    net: no,
    env: no,
    sys: no,
    run: no,
    ffi: no,
  };
  assert.deepEqual(JSON.parse(stdout), expected);
});
