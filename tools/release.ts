/**
 * Builds the release: `./denow task release [--target x86_64-unknown-linux-gnu]… [--output DIR] [--key FILE]`.
 *
 * Without `--target`: an archive for each of {@linkcode TARGETS}. Where another machine's runtime can't
 * be had, it says so and builds the rest; a target that was asked for, and this machine's own, must do.
 *
 * An archive holds the binary, its installer, the example configuration, the manuals (as pages for `man`, too), the
 * licences of everything embedded, the list of it (SPDX) and `SHA256SUMS`. Two builds of one commit give the same
 * bytes: sorted names, the commit's time, owner 0.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./compile.ts";
import { manPages } from "./man_pages.ts";
import { makeDeb, makeRpm } from "./packages.ts";
import { digestOf, NoRuntimeError } from "./runtime.ts";
import { makeSbom } from "./sbom.ts";

/** What a release is for. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
];

/** A file's path in the checkout and in the archive, and its mode there. */
export type ArchiveFile = readonly [path: string, mode: number];

/** What goes beside the binary; also what the READMEs link to, since a server may have no way out. */
const FILES: readonly ArchiveFile[] = [
  ["AGENTS.md", 0o644],
  ["CHANGELOG.md", 0o644],
  ["LICENSE", 0o644],
  ["README.md", 0o644],
  ["README.zh-CN.md", 0o644],
  ["bench/limits.md", 0o644],
  ["bench/results.md", 0o644],
  ["config.example.yaml", 0o644],
  ["install_client.sh", 0o755],
  ["sync_client.py", 0o644],
];

/** The folder whose files go there too. */
const MANUALS = "docs";

/** What makes packages of an archive, by the program that it needs. */
const PACKAGERS = [["dpkg-deb", makeDeb], ["rpmbuild", makeRpm]] as const;

/** What to release. */
export interface ReleaseOptions {
  /** The checkout. */
  root: string;
  /** The folder for the archives. */
  output: string;
  /** What it runs on, as `rustc` names it. */
  target: string;
  say: (line: string) => void;
  /** Whether there are packages beside the archive; default true. */
  packages?: boolean;
}

/** What an archive takes from the checkout; the rest of it is built. */
export function archiveFiles(root: string): ArchiveFile[] {
  const manuals = filesIn(join(root, MANUALS)).map((path) => [join(MANUALS, path), 0o644] as const);
  return [...FILES, ...manuals];
}

/** A page without what is only for people with a checkout. */
export function withoutCheckout(text: string): string {
  return text.replaceAll(/<!-- checkout -->\n.*?<!-- \/checkout -->\n\n?/gs, "");
}

/** Signs `SHA256SUMS` of a folder with OpenSSH; the signature lies beside it, as `SHA256SUMS.sig`. */
export async function signSums(folder: string, key: string): Promise<void> {
  const sums = join(folder, "SHA256SUMS");
  // ssh-keygen asks before it replaces one.
  await Deno.remove(`${sums}.sig`).catch(() => {});
  await outputOf("ssh-keygen", ["-q", "-Y", "sign", "-f", key, "-n", "datahubsync", sums], folder);
}

/** Builds one archive and its packages and returns their paths, the archive's first. Throws when a file that belongs in it is missing. */
export async function release(options: ReleaseOptions): Promise<string[]> {
  const { root, output, target, say } = options;
  const work = await Deno.makeTempDir({ prefix: "datahubsync-release-" });
  try {
    const binary = join(work, "datahubsync");
    const built = await compile({ root, output: binary, target, say });
    say(`runtime: ${built.runtime}`);
    if (built.info.commit?.endsWith("+changes")) say("warning: the sources differ from the commit");
    const name = `datahubsync-${built.info.version}-${platform(target)}`;
    const folder = join(work, name);
    await Deno.mkdir(folder);
    await Deno.chmod(folder, 0o755);
    await Deno.rename(binary, join(folder, "datahubsync"));
    for (const [path, mode] of archiveFiles(root)) {
      await makeFolders(folder, dirname(path));
      await Deno.copyFile(join(root, path), join(folder, path));
      await Deno.chmod(join(folder, path), mode);
    }
    for (const page of ["README.md", "README.zh-CN.md"]) {
      await write(join(folder, page), withoutCheckout(await Deno.readTextFile(join(folder, page))));
    }
    const time = await commitTime(root);
    await makeFolders(folder, "man");
    for (const [page, text] of await manPages(root, time)) {
      await write(join(folder, "man", page), text);
    }
    const info = JSON.parse(await outputOf("deno", ["info", "--json"], root));
    const sbom = await makeSbom({
      info: built.info,
      packages: built.packages,
      npm: join(info.denoDir, "npm"),
      lock: JSON.parse(await Deno.readTextFile(join(root, "deno.lock"))),
      sha256: (await digestOf(join(folder, "datahubsync")))!,
      time,
    });
    await write(join(folder, "THIRD_PARTY_LICENSES.txt"), built.licenses);
    await write(join(folder, "sbom.spdx.json"), JSON.stringify(sbom, null, 2) + "\n");
    await writeSums(folder);
    await Deno.mkdir(output, { recursive: true });
    const archive = join(output, `${name}.tar.gz`);
    await pack({ work, name, archive, time });
    const { version } = built.info;
    const made = [archive];
    for (const [tool, make] of options.packages === false ? [] : PACKAGERS) {
      if (await isInstalled(tool)) {
        made.push(await make({ root, folder, output, version, target, time }));
      } else say(`no package by ${tool}, which isn't installed here`);
    }
    return made;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Builds what {@linkcode TARGETS} are released as, as far as can be done from here; returns the paths. */
export async function releaseAll(options: Omit<ReleaseOptions, "target">): Promise<string[]> {
  const archives: string[] = [];
  for (const target of new Set([Deno.build.target, ...TARGETS])) {
    try {
      archives.push(...await release({ ...options, target }));
    } catch (error) {
      if (!(error instanceof NoRuntimeError) || target === Deno.build.target) throw error;
      options.say(`no archive for ${target}: ${error.message}`);
    }
  }
  return archives;
}

/** Writes `SHA256SUMS` about files of a folder, as `sha256sum -c` reads it; default: all in it. */
async function writeSums(folder: string, names: string[] = filesIn(folder)): Promise<void> {
  const lines = await Promise.all(
    names.sort().map(async (name) => `${await digestOf(join(folder, name))}  ${name}\n`),
  );
  await write(join(folder, "SHA256SUMS"), lines.join(""));
}

async function pack(
  { work, name, archive, time }: { work: string; name: string; archive: string; time: Date },
): Promise<void> {
  const tar = join(work, "archive.tar");
  const fixed = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  const seconds = Math.floor(time.getTime() / 1000);
  await outputOf("tar", [...fixed, `--mtime=@${seconds}`, "-cf", tar, name], work);
  // -n: neither name nor time in gzip's header.
  await outputOf("gzip", ["-n", tar], work);
  await Deno.copyFile(`${tar}.gz`, `${archive}.new`);
  await Deno.rename(`${archive}.new`, archive);
}

/** `SOURCE_DATE_EPOCH`, else the commit's time, else a fixed one. */
async function commitTime(root: string): Promise<Date> {
  const named = Number(Deno.env.get("SOURCE_DATE_EPOCH"));
  if (named > 0) return new Date(named * 1000);
  const seconds = await outputOf("git", ["log", "-1", "--format=%ct"], root).catch(() => "");
  return new Date((Number(seconds.trim()) || 315_619_200) * 1000);
}

/** `linux-x86_64` for `x86_64-unknown-linux-gnu`. */
function platform(target: string): string {
  const [machine, , system] = target.split("-");
  return `${system}-${machine}`;
}

/** The files below a folder, as paths from there. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(join(folder, name)).map((path) => join(name, path)) : [name]
  );
}

/** Makes folders below a folder, readable for everybody whatever the umask. */
async function makeFolders(folder: string, path: string): Promise<void> {
  if (path === ".") return;
  await makeFolders(folder, dirname(path));
  await Deno.mkdir(join(folder, path), { recursive: true });
  await Deno.chmod(join(folder, path), 0o755);
}

async function isInstalled(program: string): Promise<boolean> {
  return await outputOf("sh", ["-c", `command -v ${program}`], "/").then(() => true, () => false);
}

async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o644 });
  await Deno.chmod(path, 0o644);
}

async function outputOf(program: string, args: string[], cwd: string): Promise<string> {
  const path = program === "deno" ? Deno.execPath() : program;
  const { success, stdout, stderr } = await new Deno.Command(path, { args, cwd }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname!, "..");
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      target: { type: "string", multiple: true },
      key: { type: "string" },
      output: { type: "string", short: "o", default: join(root, "dist") },
    },
  });
  const output = resolve(values.output);
  const options = { root, output, say: (line: string) => console.error(line) };
  try {
    const archives: string[] = [];
    for (const target of values.target ?? []) {
      archives.push(...await release({ ...options, target }));
    }
    if (values.target === undefined) archives.push(...await releaseAll(options));
    // An archive of an earlier build may lie there too: the sums are about this one.
    await writeSums(output, archives.map((archive) => basename(archive)));
    // A signature of an earlier build isn't about these sums.
    await Deno.remove(join(output, "SHA256SUMS.sig")).catch(() => {});
    const key = values.key ?? Deno.env.get("RELEASE_KEY");
    if (key) await signSums(output, resolve(key));
    else console.error("not signed: --key FILE or RELEASE_KEY names the OpenSSH key");
    for (const archive of archives) console.log(archive);
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
