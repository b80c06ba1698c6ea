import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { join as joinPath } from "node:path";
import { extractWithZipJs } from "../support/zipjs_entry.ts";
import { directoryByZipJs, directoryOf, filesOf, plainEntries } from "./reading.ts";
import { installed } from "../support/installed.ts";

/** Commands that pack the folder `data` into `out.zip`. */
const tools: Record<string, string[]> = {
  zip: ["zip", "-qr", "out.zip", "."],
  "zip -0": ["zip", "-qr0", "out.zip", "."],
  "zip with Zip64": ["zip", "-qr", "-fz", "out.zip", "."],
  "zip into a pipe": ["sh", "-c", "zip -qr - . >out.zip"],
  "7zz": ["7zz", "a", "-bd", "-tzip", "out.zip", "."],
  "7zz with deflate64": ["7zz", "a", "-bd", "-tzip", "-mm=Deflate64", "out.zip", "."],
  bsdtar: ["bsdtar", "--format", "zip", "-cf", "out.zip", "."],
  python3: ["python3", "-m", "zipfile", "-c", "out.zip", "sh600000.csv", "sz002790", "empty.csv"],
};

const contents: Record<string, string> = {
  "sh600000.csv": "date,close\n".repeat(3000),
  "sz002790/sz002790_一般企业.csv": "report\n".repeat(100),
  "empty.csv": "",
};

for (const [name, [command, ...args]] of Object.entries(tools)) {
  // "zip into a pipe" is a shell's work, too.
  const ignore = !installed(command!, name.split(" ")[0]!);
  Deno.test(
    { name: `packages of other tools are read whole: ${name}`, ignore },
    async () => {
      const folder = await Deno.makeTempDir();
      try {
        for (const [path, text] of Object.entries(contents)) {
          await Deno.mkdir(joinPath(folder, "sz002790"), { recursive: true });
          await Deno.writeTextFile(joinPath(folder, path), text);
        }
        const { success, stderr } = await new Deno.Command(command!, { args, cwd: folder })
          .output();
        assert(success, new TextDecoder().decode(stderr));
        const zip = await Deno.readFile(joinPath(folder, "out.zip"));
        const fast = await directoryOf(zip);
        const zipjs = await directoryByZipJs(zip);
        assert.deepEqual(plainEntries(zipjs), plainEntries(fast));
        const files = (await filesOf(zip)).filter(({ path }) => path !== "out.zip");
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
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}
