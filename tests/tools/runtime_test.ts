/** What tells one processor's program from another's. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { buildZip } from "../support/zip_builder.ts";
import { DENO_VERSION, elfTarget, findRuntime, NoRuntimeError } from "../../tools/runtime.ts";
import { tempDir } from "../support/temp.ts";

/** The first bytes of a program, as the ELF specification has them. */
function head(machine: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.set([machine & 0xff, machine >> 8], 18);
  return bytes;
}

Deno.test("elfTarget() names the processor that a program is for", async () => {
  await using temp = await tempDir();
  const targets: (readonly [machine: number, target: string])[] = [
    [62, "x86_64-unknown-linux-gnu"],
    [183, "aarch64-unknown-linux-gnu"],
    [243, "elf243-unknown-linux-gnu"],
  ];
  for (const [machine, target] of targets) {
    await Deno.writeFile(temp.at("program"), head(machine));
    assert.equal(await elfTarget(temp.at("program")), target);
  }
});

Deno.test({
  name: "elfTarget() knows this machine's own Deno",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assert.equal(await elfTarget(Deno.execPath()), Deno.build.target);
  },
});

Deno.test("elfTarget() knows nothing of a script, of nothing, and of what isn't there", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("script"), "#!/bin/sh\necho 'a script that is long enough'\n");
  await Deno.writeTextFile(temp.at("empty"), "");
  for (const name of ["script", "empty", "absent"]) {
    assert.equal(await elfTarget(temp.at(name)), undefined, name);
  }
});

const TARGET = "x86_64-unknown-linux-gnu";
const RUNTIME = new TextEncoder().encode("a runtime that is long enough".repeat(9));

/** The look-up with a runtime of the tests' own; npm is never asked. */
function lookUp(path: string, host: string, target = TARGET) {
  const sha256 = createHash("sha256").update(RUNTIME).digest("hex");
  const carrier = { package: "none", integrity: "", file: "", bytes: 0, sha256 };
  return findRuntime({
    target,
    denoDir: `${path}/deno`,
    cacheDir: `${path}/cache`,
    say: (line) => assert.fail(line),
    host,
    carriers: { [TARGET]: carrier },
  });
}

/** Deno's host with these bytes in its archive. */
function startHost(content: Uint8Array) {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return new Response(new Blob([new Uint8Array(buildZip([{ path: "denort", content }]))]));
  });
  const close = () => server.shutdown();
  return { url: `http://127.0.0.1:${server.addr.port}`, asked, [Symbol.asyncDispose]: close };
}

Deno.test("findRuntime() takes the known runtime from Deno's host, once", async () => {
  await using temp = await tempDir();
  await using host = startHost(RUNTIME);
  for (const origin of [/^http:/, /cache/]) {
    const runtime = await lookUp(temp.path, host.url);
    assert.match(runtime.origin, origin);
    assert.deepEqual(await Deno.readFile(runtime.path), RUNTIME);
  }
  assert.deepEqual(host.asked, [`/release/v${DENO_VERSION}/denort-${TARGET}.zip`]);
});

Deno.test("findRuntime() refuses another runtime, from Deno's host and from Deno's cache", async () => {
  await using temp = await tempDir();
  const evil = new TextEncoder().encode("#!/bin/sh\n");
  await using host = startHost(evil);
  await assert.rejects(lookUp(temp.path, host.url), /http:.* should be [0-9a-f]{64} and is /);
  const folder = temp.at("deno", "dl", "release", `v${DENO_VERSION}`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(
    `${folder}/denort-${TARGET}.zip`,
    buildZip([{ path: "denort", content: evil }]),
  );
  await assert.rejects(lookUp(temp.path, host.url), /Deno's cache: .* should be /);
  // What lies in the project's own cache is looked at every time, too.
  await Deno.writeFile(temp.at("cache", `denort-${TARGET}`), evil);
  await assert.rejects(lookUp(temp.path, host.url), /Deno's cache: .* should be /);
  assert.deepEqual([...Deno.readDirSync(temp.at("cache"))].map(({ name }) => name), [
    `denort-${TARGET}`,
  ]);
});

Deno.test("findRuntime() fetches nothing for a target of which it knows no digest", async () => {
  await using temp = await tempDir();
  await using host = startHost(RUNTIME);
  await assert.rejects(lookUp(temp.path, host.url, "riscv64gc-unknown-linux-gnu"), NoRuntimeError);
  assert.deepEqual(host.asked, []);
});
