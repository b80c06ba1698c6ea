/** What a worker that extracts may do: read and write, where the runtime can hold it to that. */

import assert from "node:assert/strict";
import { WORKER_PERMISSIONS } from "../../src/zip/lane.ts";
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
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--no-config", "--unstable-worker-options"]
      .concat(temp.at("main.ts")),
  }).output();
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
  const said = new TextDecoder().decode(stdout);
  assert.deepEqual(JSON.parse(said || "{}"), expected, new TextDecoder().decode(stderr));
});
