/** Names that aren't UTF-8: all of them are found, and nothing else is called one. */
import { Buffer, isUtf8 } from "node:buffer";
import assert from "node:assert/strict";
import { oddNames } from "../../src/fs/odd_names.ts";
import { outcomeOf, runSync, succeeds } from "../support/command.ts";
import { has } from "../support/installed.ts";
import { packTree } from "../support/pack.ts";
import { seededRandom } from "../support/random.ts";
import { tempDir } from "../support/temp.ts";

/** Makes empty files below a folder; each name is bytes in hex, so that it can be any. */
function touchAll(folder: string, names: readonly Uint8Array[]): void {
  const hex = names.map((name) => Buffer.from(name).toString("hex"));
  const script = `chdir shift; for (@ARGV) {
    my $name = pack "H*", $_;
    my ($dir) = $name =~ m{(.*)/}s; mkdir $dir if defined $dir;
    open(my $file, ">", $name) or die "$_: $!";
  }`;
  runSync("perl", ["-e", script, folder, ...hex]);
}

/** Names as bytes, of which many aren't UTF-8. */
function namesFrom(seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const pieces = [
    ["a", "Z", " ", "'", '"', "\\", "\\320", "$", ":", '":', "\n", "\t", "\x7f", "?", "-"],
    ["新", "é", "e\u0301", "🌍", "\u200f", "\ufffd"],
  ].flat().map((text) => Buffer.from(text))
    .concat(
      ["d0", "c2", "ff", "80", "eda080", "f4908080", "c0af"].map((hex) => Buffer.from(hex, "hex")),
    );
  const word = () =>
    Buffer.concat(
      Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        pieces[Math.floor(random() * pieces.length)]!),
    );
  return Array.from(
    { length: 60 },
    () => random() < 0.3 ? Buffer.concat([word(), Buffer.from("/"), word()]) : word(),
  );
}

for (const seed of [1, 2, 3]) {
  Deno.test(`oddNames() finds what find -print0 lists and isn't UTF-8 (${seed})`, async () => {
    await using temp = await tempDir();
    const root = temp.at("a 'b' 新");
    await Deno.mkdir(root);
    const names = namesFrom(seed);
    // A name may be a file's in one path and a folder's in another.
    const folders = names.filter((name) => name.includes(47));
    const above = new Set(
      folders.map((name) => Buffer.from(name).toString("latin1").split("/")[0]!),
    );
    touchAll(root, names.filter((name) => !above.has(Buffer.from(name).toString("latin1"))));
    const list = new Deno.Command("find", { args: [root, "-mindepth", "1", "-print0"] })
      .outputSync();
    const all = Buffer.from(list.stdout).toString("latin1").split("\0").slice(0, -1)
      .map((path) => Buffer.from(path, "latin1").subarray(Buffer.byteLength(root) + 1));
    const lastOf = (path: Buffer) => path.subarray(path.lastIndexOf(47) + 1);
    const odd = all.filter((path) => !isUtf8(lastOf(path)));
    assert(odd.length > 10 && odd.length < all.length);
    const found = await oddNames(root);
    assert.deepEqual(found.map(({ path }) => path).sort(), odd.map(String).sort());
    // As a shell takes them, they are the very bytes.
    for (const { word } of found) {
      const { code, stderr } = await outcomeOf("bash", ["-c", `test -e ./${word}`], { cwd: root });
      assert.equal(code, 0, word + stderr);
    }
  });
}

Deno.test("oddNames() follows no link, and finds none in an empty folder", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("odd"));
  await Deno.mkdir(temp.at("plain"));
  touchAll(temp.at("odd"), [Buffer.from("ff", "hex")]);
  await Deno.symlink(temp.at("odd"), temp.at("plain", "link"));
  assert.deepEqual(await oddNames(temp.at("plain")), []);
  assert.equal((await oddNames(temp.at("odd"))).length, 1);
});

Deno.test({
  name: "oddNames() finds none, and doesn't fail, where ls can't be started (as root)",
  ignore: !has(succeeds("unshare", ["-m", "true"]), "the right to unshare"),
  async fn() {
    await using temp = await tempDir();
    touchAll(temp.path, [Buffer.from("ff", "hex")]);
    assert.equal((await oddNames(temp.path)).length, 1);
    await Deno.writeTextFile(temp.at("ls"), "", { mode: 0o644 });
    const module = import.meta.resolve("../../src/fs/odd_names.ts");
    await Deno.writeTextFile(
      temp.at("probe.ts"),
      `const { oddNames } = await import(${JSON.stringify(module)});
      console.log(await oddNames(Deno.args[0]));`,
    );
    const script =
      'mount --bind "$1/ls" /usr/bin/ls && exec "$2" run -A --no-config "$1/probe.ts" "$1"';
    const args = ["-m", "sh", "-c", script, "sh", temp.path, Deno.execPath()];
    const { stdout, stderr } = await outcomeOf("unshare", args);
    assert.equal(stdout, "[]\n", stderr);
  },
});

Deno.test("packFolder() leaves out names that aren't UTF-8 where they are excluded as it proposes", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("data"));
  touchAll(temp.at("data"), [Buffer.from("ok.csv"), Buffer.from("d0c22e637376", "hex")]);
  const options = { folder: temp.at("data"), output: temp.at("site"), name: "daily" };
  const error = await packTree(options).then(() => undefined, (error) => error);
  const [, glob] = /`--exclude (\S+)`$/.exec(error.hint)!;
  const report = await packTree({ ...options, exclude: [glob!.replaceAll("'", "")] });
  assert.equal(report.files, 1);
});
