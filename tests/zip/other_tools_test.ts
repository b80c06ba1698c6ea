/** Packages that other tools make are read as those tools mean them. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { extractWithZipJs } from "../support/zipjs_entry.ts";
import { directoryByZipJs, directoryOf, filesOf, plainEntries } from "./reading.ts";
import { canPack, PACKERS, packWith } from "../support/packers.ts";
import { tempDir } from "../support/temp.ts";
import { writeTree } from "../support/tree.ts";

const contents: Record<string, string> = {
  "sh600000.csv": "date,close\n".repeat(3000),
  "sz002790/sz002790_一般企业.csv": "report\n".repeat(100),
  "empty.csv": "",
};

for (const name of Object.keys(PACKERS)) {
  Deno.test(
    { name: `packages of other tools are read whole: ${name}`, ignore: !canPack(name) },
    async () => {
      await using temp = await tempDir();
      await writeTree(
        temp.path,
        Object.entries(contents).map(([path, text]) => [path, new TextEncoder().encode(text)]),
      );
      const [zip] = await packWith(name, [temp.path]) as [Uint8Array];
      const fast = await directoryOf(zip);
      const zipjs = await directoryByZipJs(zip);
      assert.deepEqual(plainEntries(zipjs), plainEntries(fast));
      const files = (await filesOf(zip)).filter(({ path }) => path in contents);
      assert.deepEqual(files.map(({ path }) => path).sort(), Object.keys(contents).sort());
      for (const file of files) {
        const text = contents[file.path]!;
        assert.equal(file.crc, crc32(text), file.path);
        let found = "";
        const decoder = new TextDecoder();
        const read = (offset: number, length: number) => zip.subarray(offset, offset + length);
        await extractWithZipJs(read, zip.length, file, (chunk) => {
          found += decoder.decode(chunk, { stream: true });
        });
        assert.equal(found, text, file.path);
      }
    },
  );
}
