/**
 * Other people's packers: each packs folders as its users would call it.
 *
 * @module
 */
import { run, succeeds } from "./command.ts";
import { has, installed } from "./installed.ts";
import { tempDir } from "./temp.ts";

/** A tool that makes ZIPs. */
interface Packer {
  /** The programs that it needs; a shell is everywhere. */
  needs: string[];
  /** A shell's words that come first, once; `$WORK` is an empty folder. */
  prepare?: string;
  /** A shell's words that pack the current folder into `$OUT`. */
  script: string;
}

const GO = `package main
import ("archive/zip"; "io"; "os"; "path/filepath")
func main() {
  out, _ := os.Create(os.Getenv("OUT")); w := zip.NewWriter(out)
  filepath.Walk(".", func(path string, info os.FileInfo, err error) error {
    if err != nil || info.IsDir() { return err }
    entry, _ := w.Create(filepath.ToSlash(path)); file, _ := os.Open(path)
    _, err = io.Copy(entry, file); return err
  })
  if w.Close() != nil { os.Exit(1) }
}
`;
const JAVA = `import java.nio.file.*; import java.util.zip.*;
public class Pack { public static void main(String[] a) throws Exception {
  try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(Path.of(System.getenv("OUT"))));
       var all = Files.walk(Path.of("."))) {
    for (Path path : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
      out.putNextEntry(new ZipEntry(Path.of(".").relativize(path).toString()));
      Files.copy(path, out); out.closeEntry();
    } } } }
`;
const PHP = `<?php $zip = new ZipArchive(); $zip->open(getenv("OUT"), ZipArchive::CREATE);
$all = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(".", FilesystemIterator::SKIP_DOTS));
foreach ($all as $file) { $zip->addFile($file->getPathname(), substr($file->getPathname(), 2)); }
exit($zip->close() ? 0 : 1);
`;
/** As the Finder writes it: streamed, a second entry with the attributes beside each file, its own folder. */
const FINDER = `import os, struct, sys, zipfile
class Pipe:
    def __init__(self, file): self.file = file
    def write(self, data): return self.file.write(data)
    def flush(self): self.file.flush()
with open(os.environ["OUT"], "wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as made:
    for folder, _, files in os.walk("."):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), ".")
            made.write(path, path)
            beside = os.path.join("__MACOSX", os.path.dirname(path), "._" + name)
            made.writestr(beside, b"\\0\\5\\x16\\7\\0\\2\\0\\0Mac OS X        ")
    made.writestr(".DS_Store", b"\\0\\0\\0\\1Bud1")
`;

/** Puts a file with this text into the empty folder. */
function withFile(name: string, text: string, command = ":"): string {
  return `cat >"$WORK/${name}" <<'END_OF_FILE'\n${text}END_OF_FILE\n${command}`;
}

/** By the names that tests show. */
export const PACKERS: Readonly<Record<string, Packer>> = {
  zip: { needs: ["zip"], script: `zip -qr "$OUT" .` },
  "zip -0": { needs: ["zip"], script: `zip -qr0 "$OUT" .` },
  "zip with Zip64": { needs: ["zip"], script: `zip -qr -fz "$OUT" .` },
  "zip into a pipe": { needs: ["zip"], script: `zip -qr - . | cat >"$OUT"` },
  "7zz": { needs: ["7zz"], script: `7zz a -bd -tzip "$OUT" . >/dev/null` },
  "7zz with deflate64": {
    needs: ["7zz"],
    script: `7zz a -bd -tzip -mm=Deflate64 "$OUT" . >/dev/null`,
  },
  bsdtar: { needs: ["bsdtar"], script: `bsdtar --format zip -cf - . | cat >"$OUT"` },
  Python: { needs: ["python3"], script: `python3 -m zipfile -c "$OUT" *` },
  Java: {
    needs: ["java", "javac"],
    prepare: withFile("Pack.java", JAVA, `javac -d "$WORK" "$WORK/Pack.java"`),
    script: `java -cp "$WORK" Pack`,
  },
  Go: {
    needs: ["go"],
    prepare: withFile(
      "pack.go",
      GO,
      `GOCACHE="$WORK/cache" GOFLAGS=-mod=mod go build -o "$WORK/pack" "$WORK/pack.go"`,
    ),
    script: `"$WORK/pack"`,
  },
  PHP: { needs: ["php"], prepare: withFile("pack.php", PHP), script: `php "$WORK/pack.php"` },
  "the Finder's shape": {
    needs: ["python3"],
    prepare: withFile("finder.py", FINDER),
    script: `python3 "$WORK/finder.py"`,
  },
};

/** Whether a packer can be called here; where not, the test is skipped for what it needs. */
export function canPack(name: string): boolean {
  return installed(...PACKERS[name]!.needs) && (name !== "PHP" || has(phpHasZip(), "php-zip"));
}

function phpHasZip(): boolean {
  const args = ["-r", "exit(extension_loaded('zip') ? 0 : 1);"];
  return succeeds("php", args);
}

/** What a packer makes of each folder. Throws with its words where it fails. */
export async function packWith(name: string, folders: readonly string[]): Promise<Uint8Array[]> {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("work"));
  const { prepare, script } = PACKERS[name]!;
  const env = { WORK: temp.at("work"), LC_ALL: "C.UTF-8" };
  if (prepare !== undefined) await run("sh", ["-ec", prepare], { cwd: temp.path, env });
  const packages: Uint8Array[] = [];
  for (const [index, cwd] of folders.entries()) {
    const OUT = temp.at(`out${index}.zip`);
    await run("sh", ["-ec", script], { cwd, env: { ...env, OUT } });
    packages.push(await Deno.readFile(OUT));
  }
  return packages;
}
