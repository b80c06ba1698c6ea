/** A manifest comes back as it was saved, or is known to be damaged. */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Manifest, type ManifestEntry, manifestHead } from "../../src/store/manifest.ts";
import { isSafePath } from "../../src/safe_path.ts";
import { TempFolder } from "../support/temp.ts";

function sample(): Manifest {
  const manifest = new Manifest();
  manifest.fingerprint = "ab";
  manifest.version = "2026-11-22T06:02:38.165365";
  manifest.total = 123;
  manifest.selection = "0123456789abcdef";
  manifest.set("sz002790/sz002790_一般企业.csv", { size: 1, crc: 4294967295, mtimeMs: 1.5e12 });
  manifest.set('odd "name"  .csv', {
    size: 0,
    crc: 0,
    mtimeMs: -1,
    block: { bit: 81920, out: 40000 },
  });
  manifest.set("__proto__", { size: 7, crc: 7, mtimeMs: 7 });
  return manifest;
}

Deno.test("Manifest.load() gives back what save() wrote", async () => {
  using temp = new TempFolder();
  const manifest = sample();
  await manifest.save(temp.at("m"));
  const loaded = await Manifest.load(temp.at("m"));
  assert(loaded);
  assert.deepEqual([...loaded.entries()], [...manifest.entries()]);
  assert.deepEqual([loaded.fingerprint, loaded.version, loaded.total, loaded.size], [
    manifest.fingerprint,
    manifest.version,
    123,
    3,
  ]);
  assert.equal(loaded.selection, manifest.selection);
  assert.equal(Deno.statSync(temp.at("m")).mode! & 0o777, 0o600);
});

Deno.test("manifestHead() reads what a manifest's head says, and takes no file's name for it", async () => {
  using temp = new TempFolder();
  assert.equal(await manifestHead(temp.at("m")), undefined);
  const manifest = sample();
  manifest.set('"selection":"ffff","entries":', { size: 1, crc: 1, mtimeMs: 1 });
  manifest.set(`"digests":"${"f".repeat(64)}","entries":`, { size: 1, crc: 1, mtimeMs: 1 });
  await manifest.save(temp.at("m"));
  const { version, selection } = manifest;
  const [[firstFile] = []] = manifest.entries();
  assert.deepEqual(await manifestHead(temp.at("m")), {
    version,
    selection,
    digests: null,
    firstFile,
  });
  manifest.digests = "ab".repeat(32);
  await manifest.save(temp.at("m"));
  assert.equal((await manifestHead(temp.at("m")))?.digests, manifest.digests);
  assert.equal((await Manifest.load(temp.at("m")))?.digests, manifest.digests);
  manifest.selection = undefined;
  manifest.version = manifest.digests = null;
  await manifest.save(temp.at("m"));
  assert.deepEqual(await manifestHead(temp.at("m")), {
    version: null,
    selection: undefined,
    digests: null,
    firstFile,
  });
  assert.equal((await Manifest.load(temp.at("m")))?.selection, undefined);
  for (const name of ['a "quoted" \\ one.csv', "数据/一.csv", undefined, "x".repeat(5000)]) {
    const other = new Manifest();
    if (name !== undefined) other.set(name, { size: 1, crc: 1, mtimeMs: 1 });
    await other.save(temp.at("m"));
    const first = (await manifestHead(temp.at("m")))?.firstFile;
    assert.equal(first, name?.startsWith("x") ? undefined : name);
  }
  Deno.writeTextFileSync(temp.at("m"), "garbage");
  assert.equal(await manifestHead(temp.at("m")), undefined);
});

Deno.test("Manifest keeps any safe path and figures (property)", async () => {
  using temp = new TempFolder();
  const count = fc.maxSafeNat();
  const entry: fc.Arbitrary<ManifestEntry> = fc.record({
    size: count,
    crc: fc.integer({ min: 0, max: 0xffffffff }),
    mtimeMs: fc.integer(),
    block: fc.record({ bit: count, out: count }, { noNullPrototype: true }),
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString("base64url")),
  }, { requiredKeys: ["size", "crc", "mtimeMs"], noNullPrototype: true });
  const path = fc.string({ unit: "binary" }).filter(isSafePath);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, entry)), async (rows) => {
      const manifest = new Manifest();
      for (const [name, value] of rows) manifest.set(name, value);
      await manifest.save(temp.at("m"), { durable: false });
      const loaded = await Manifest.load(temp.at("m"));
      assert.deepEqual([...loaded!.entries()], [...manifest.entries()]);
    }),
    { numRuns: 50 },
  );
});

Deno.test("Manifest.load() says nothing about a file that isn't there", async () => {
  using temp = new TempFolder();
  const warn = (): never => {
    throw new Error("warned");
  };
  assert.equal(await Manifest.load(temp.at("m"), { warn }), undefined);
});

Deno.test("Manifest.load() gives a warning and nothing for a file cut at any byte", async () => {
  using temp = new TempFolder();
  await sample().save(temp.at("m"));
  const bytes = Deno.readFileSync(temp.at("m"));
  for (let length = 0; length < bytes.length; length++) {
    Deno.writeFileSync(temp.at("m"), bytes.subarray(0, length));
    const warnings: string[] = [];
    assert.equal(
      await Manifest.load(temp.at("m"), { warn: (text) => warnings.push(text) }),
      undefined,
    );
    assert.equal(warnings.length, 1, `cut at ${length}`);
  }
});

Deno.test("Manifest.load() never believes a file with a wrong byte", async () => {
  using temp = new TempFolder();
  await sample().save(temp.at("m"));
  const bytes = Deno.readFileSync(temp.at("m"));
  for (let place = 0; place < bytes.length; place++) {
    const damaged = bytes.slice();
    damaged[place]! ^= 1;
    Deno.writeFileSync(temp.at("m"), damaged);
    const loaded = await Manifest.load(temp.at("m")).catch((error) => {
      // A flipped digit of the format number reads as a newer one.
      assert.equal(error.code, "unknown_version");
      return undefined;
    });
    assert.equal(loaded, undefined, `at ${place}`);
  }
});

Deno.test("Manifest.load() refuses a newer version, however it goes on, and keeps the file", async () => {
  using temp = new TempFolder();
  for (const text of ['{"format":2,"crc":"00000000","x":1}\n', '{ "format": 37, "all": "new" }']) {
    Deno.writeTextFileSync(temp.at("m"), text);
    await assert.rejects(Manifest.load(temp.at("m")), { code: "unknown_version" });
    assert.equal(Deno.readTextFileSync(temp.at("m")), text);
  }
});

Deno.test("Manifest takes under 64 bytes an entry and under 24 more for its last block", async () => {
  using temp = new TempFolder();
  const bytesFor = async (block: boolean): Promise<number> => {
    const manifest = new Manifest();
    for (let n = 0; n < 1000; n++) {
      manifest.set(`sh6${n}.csv`, {
        size: 2 ** 31 - n,
        crc: 0xffffffff - n,
        mtimeMs: 1_795_334_823_606,
        ...(block ? { block: { bit: 2 ** 33 - n, out: 2 ** 31 - n } } : {}),
      });
    }
    await manifest.save(temp.at("m"));
    return Deno.statSync(temp.at("m")).size / 1000;
  };
  const plain = await bytesFor(false);
  assert(plain < 64 + 10, `${plain}`);
  assert(await bytesFor(true) - plain < 24);
});

Deno.test("Manifest.load() believes no manifest with a path that leads elsewhere", async () => {
  using temp = new TempFolder();
  for (const path of ["../victim", "/etc/passwd", "a/../../b", ".x.DataHubSync/journal", "a\nb"]) {
    const manifest = sample();
    manifest.set(path, { size: 1, crc: 1, mtimeMs: 1 });
    await manifest.save(temp.at("m"), { durable: false });
    const warnings: string[] = [];
    const loaded = await Manifest.load(temp.at("m"), { warn: (text) => warnings.push(text) });
    assert.equal(loaded, undefined, path);
    assert(warnings[0]?.includes("isn't below the data's folder"), warnings[0]);
  }
});
