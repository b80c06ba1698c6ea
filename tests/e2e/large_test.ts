/**
 * The program and an entry of more than 4 GB: one of them in every run of these tests, which writes
 * 4 GB, and with `TEST_LARGE=1` (`./denow task test:large`) every kind through both decoders.
 *
 * Guarantees: what was written is read again for its CRC-32, by us and not by the program, and
 * memory stays small. Without 12 GB of room the tests are left out, and their names say so.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { crcOfFile } from "../../src/fs/crc_file.ts";
import { EngineRig } from "../support/engine.ts";
import { fullLargeZips, type LargeEntry, writeLargeZip } from "../support/large_zip.ts";
import { endOf, startProgram, writeConfig } from "../support/program.ts";
import { roomFor } from "../support/room.ts";
import { tempDir } from "../support/temp.ts";

/** The 4 GB in staging, as much again for the oracle's, and a package. */
const room = await roomFor(12e9);
const ignore = "why" in room;
const dir = "dir" in room ? room.dir : "";
const left = "why" in room ? ` (left out: ${room.why})` : "";
if (left !== "") console.log(`large entries${left}`);
/** What the program needs for a small package, and nothing for the size of an entry. */
const MOST_MEMORY = 512 << 20;
const VERSION = "2026-01-05T20:15:00";
const [first, ...others] = fullLargeZips();

Deno.test({
  name: `sync extracts an entry of more than 4 GB in little memory${left}`,
  ignore,
  async fn() {
    await using temp = await tempDir({ dir });
    const path = temp.at("package.zip");
    writeLargeZip(path, first!.entries);
    await using hub = new FaultyHub({ kind: "modern" });
    hub.setDataset("large", { version: VERSION, package: { path } });
    const config = temp.at("config.yaml");
    const localDir = temp.at("data");
    await writeConfig(config, { url: hub.url, localDir, name: "large", durable: false });
    const child = startProgram(["-c", config, "--json"]);
    const memory = watchMemory(child.pid);
    const { code, stdout, stderr } = await endOf(child);
    assert.equal(code, 0, stdout + stderr);
    const [result] = JSON.parse(stdout).results;
    assert.equal(result.status, "success");
    assertWhole(localDir, first!.entries);
    assert(memory() < MOST_MEMORY, `${memory()} bytes of memory`);
    // The manifest keeps sizes beyond 32 bits: nothing is fetched again, not even by force.
    hub.requests.length = 0;
    const again = await endOf(startProgram(["sync", "-c", config, "--json", "--force"]));
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.equal(JSON.parse(again.stdout).results[0].entries_fetched, 0);
    assert(hub.bytesSent("/package/") < 1 << 20);
  },
});

for (const { name, entries } of [first!, ...others]) {
  for (const engine of ["fast", "zipjs"] as const) {
    Deno.test({
      name: `syncAll() extracts ${name} (${engine})${left}`,
      ignore: ignore || !Deno.env.has("TEST_LARGE"),
      async fn() {
        await using rig = await EngineRig.make({ root: dir });
        await using hub = new FaultyHub({ kind: "modern" });
        const path = rig.at("package.zip");
        writeLargeZip(path, entries);
        hub.setDataset(rig.dataset.name, { version: VERSION, package: { path } });
        const result = await rig.sync(hub.url, { engine });
        assert.equal(result.status, "success", result.error);
        assertWhole(rig.dataset.localDir, entries);
        if (engine === "fast") await assertOthersAgree(path);
      },
    });
  }
}

/** Size and CRC-32 of what is on the disk. */
function assertWhole(localDir: string, entries: readonly LargeEntry[]): void {
  const names = [...Deno.readDirSync(localDir)].map(({ name }) => name);
  assert.deepEqual(names.toSorted(), entries.map(({ name }) => name).toSorted());
  for (const { name, content: { size, crc } } of entries) {
    assert.deepEqual(crcOfFile(`${localDir}/${name}`), { size, crc }, name);
  }
}

/** What `unzip` and `bsdtar` say of the package, where they are installed. */
async function assertOthersAgree(path: string): Promise<void> {
  for (const [program, ...args] of [["unzip", "-tqq", path], ["bsdtar", "-xOf", path]] as const) {
    const child = new Deno.Command(program, { args, stdout: "null", stderr: "piped" });
    const output = await child.output().catch(() => undefined);
    if (output === undefined) continue;
    assert(output.success, `${program}: ${new TextDecoder().decode(output.stderr)}`);
  }
}

/** Reads the kernel's own figure of a process's most memory, until it ends. */
function watchMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      most = Math.max(most, Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It isn't Linux, or it has ended.
    }
  }, 100);
  return () => {
    clearInterval(timer);
    return most;
  };
}
