/** A site lists the digest of each entry, however the package was read. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PackedSite } from "../support/site.ts";
import { PackageFile } from "../../src/zip/read/package_file.ts";
import { DigestList } from "../../src/trust/digest_list.ts";

const TEXT = new TextEncoder();

/** The list that the site's catalog names holds what each entry of its package unpacks to. */
async function assertListed(site: PackedSite): Promise<string> {
  const { digests, package_url: url } = await site.entry() as unknown as {
    digests: { url: string; size: number; sha256: string };
    package_url: string;
  };
  const bytes = await Deno.readFile(site.at(digests.url));
  assert.equal(bytes.length, digests.size);
  assert.equal(createHash("sha256").update(bytes).digest("hex"), digests.sha256);
  using file = await PackageFile.open(site.at(url));
  const list = new DigestList(bytes, file.directory.entries.length);
  for (const entry of file.directory.entries) {
    const content = await file.content(entry);
    const expected = createHash("sha256").update(content).digest("base64url");
    assert.equal(list.of(entry.index), expected, entry.name);
  }
  return digests.sha256;
}

Deno.test("pack lists the digest of each entry, read, unread or as a stream", async () => {
  await using site = await PackedSite.make();
  const big = new Uint8Array(5 << 20).fill(66);
  const day = new Map<string, Uint8Array>([
    ["big.csv", big],
    ["a.csv", TEXT.encode("one\n")],
    ["sub/b.csv", TEXT.encode("two\n")],
    ["empty.csv", new Uint8Array()],
  ]);
  await site.publish(day);
  const first = await assertListed(site);
  await site.publish(new Map(day).set("a.csv", TEXT.encode("one\nmore\n")), { all: false });
  assert.notEqual(await assertListed(site), first);
  big[7] = 67;
  await site.publish(day, { all: false });
  await assertListed(site);
});

Deno.test("a site that has no list yet gets one, though nothing has changed", async () => {
  await using site = await PackedSite.make();
  await site.publish(new Map([["a.csv", TEXT.encode("one\n")]]));
  const { digests } = await site.entry();
  await site.edit((entry) => delete entry["digests"]);
  await site.publish(new Map([["a.csv", TEXT.encode("one\n")]]), { version: "2030-01-01" });
  assert.deepEqual((await site.entry())["digests"], digests);
});
