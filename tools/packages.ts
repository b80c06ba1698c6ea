/**
 * Makes a `.deb` and an `.rpm` out of what a release archive holds, with Debian's own tools.
 *
 * Guarantees: the binary inside is the archive's, byte for byte (nothing strips it: its program lies
 * behind the runtime, where `strip` would cut it off); two builds of one commit give the same bytes.
 * The packages' texts are in `packaging/`. It needs `dpkg-deb` and, for the other, `rpmbuild`.
 * Longer than 250 lines because both are made from one tree of files.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** What to package. */
export interface PackageOptions {
  /** The checkout, for `packaging/`. */
  root: string;
  /** The unpacked archive. */
  folder: string;
  /** The folder for the packages. */
  output: string;
  version: string;
  /** As `rustc` names it. */
  target: string;
  time: Date;
}

/** How distributions name a processor. */
const NAMES: Readonly<Record<string, { deb: string; rpm: string }>> = {
  "x86_64-unknown-linux-gnu": { deb: "amd64", rpm: "x86_64" },
  "aarch64-unknown-linux-gnu": { deb: "arm64", rpm: "aarch64" },
};

/** Who answers for the packages: whoever publishes them says so. */
const MAINTAINER = Deno.env.get("PACKAGE_MAINTAINER") ||
  "The DataHubSync developers <nobody@localhost.localdomain>";

const DOC = "usr/share/doc/datahubsync";

/** Makes the Debian package and returns its path. */
export async function makeDeb(options: PackageOptions): Promise<string> {
  const { output, version, time } = options;
  const architecture = NAMES[options.target]!.deb;
  const work = await Deno.makeTempDir({ prefix: "datahubsync-deb-" });
  try {
    const tree = new Tree(join(work, "tree"), time);
    await furnish(tree, options, { kind: "deb", zsh: "usr/share/zsh/vendor-completions" });
    await tree.copy(join(options.root, "packaging/common/logrotate"), LOGROTATE);
    await tree.write(`${DOC}/changelog.Debian`, debianChangelog(version, time));
    await tree.zip(`${DOC}/changelog.Debian`);
    await tree.write(`${DOC}/copyright`, await copyright(options));
    await tree.copy(
      join(options.root, "packaging/deb/lintian-overrides"),
      "usr/share/lintian/overrides/datahubsync",
    );
    const files = await tree.files();
    const sizes = await Promise.all(files.map(async (path) => {
      const { size } = await Deno.stat(tree.at(path));
      return Math.ceil(size / 1024);
    }));
    const words: Record<string, string> = {
      DEBVERSION: version,
      DEBARCH: architecture,
      MAINTAINER: MAINTAINER,
      SIZE: String(sizes.reduce((sum, size) => sum + size, 0)),
    };
    const fill = (text: string): string =>
      text.replaceAll(/@([A-Z]+)@/g, (all, word) => words[word] ?? all);
    for (
      const [name, mode] of [["control", 0o644], ["postinst", 0o755], ["postrm", 0o755]] as const
    ) {
      const text = await Deno.readTextFile(join(options.root, "packaging/deb", name));
      await tree.write(`DEBIAN/${name}`, fill(text), mode);
    }
    const prerm = await Deno.readTextFile(join(options.root, "packaging/deb/prerm"));
    await tree.write("DEBIAN/prerm", prerm, 0o755);
    await tree.write("DEBIAN/conffiles", `/${LOGROTATE}\n`);
    const sums = await outputOf("md5sum", files.sort(), { cwd: tree.path });
    await tree.write("DEBIAN/md5sums", sums);
    await tree.settle();
    await Deno.mkdir(output, { recursive: true });
    const deb = join(output, `datahubsync_${version}_${architecture}.deb`);
    // One thread and the lowest level: the same bytes on every machine, in seconds.
    const how = ["-Zxz", "-z1", "--threads-max=1", "--root-owner-group"];
    await outputOf("dpkg-deb", [...how, "--build", tree.path, deb], { time });
    return deb;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Makes the RPM package and returns its path. */
export async function makeRpm(options: PackageOptions): Promise<string> {
  const { root, output, version, time } = options;
  const architecture = NAMES[options.target]!.rpm;
  const work = await Deno.makeTempDir({ prefix: "datahubsync-rpm-" });
  try {
    const tree = new Tree(join(work, "tree"), time);
    await furnish(tree, options, { kind: "rpm", zsh: "usr/share/zsh/site-functions" });
    await tree.copy(join(root, "packaging/common/logrotate"), LOGROTATE);
    await tree.copy(join(options.folder, "LICENSE"), "usr/share/licenses/datahubsync/LICENSE");
    await tree.settle();
    const files = (await tree.files()).sort().map((path) =>
      path === LOGROTATE
        ? `%config(noreplace) /${path}`
        : path.startsWith(`${DOC}/`)
        ? `%doc /${path}`
        : `/${path}`
    );
    const folders = ["", "/docs", "/docs/calendars", "/docs/pictures", "/examples"];
    const own = ["/etc/datahubsync", "/usr/share/datahubsync"]
      .concat(folders.map((name) => `/${DOC}${name}`)).map((path) => `%dir ${path}`);
    const words: Record<string, string> = {
      VERSION: version.replaceAll("-", "~"),
      TREE: tree.path,
      FILES: [...own, ...files].join("\n"),
    };
    const text = await Deno.readTextFile(join(root, "packaging/rpm/datahubsync.spec"));
    const spec = join(work, "datahubsync.spec");
    await Deno.writeTextFile(
      spec,
      text.replaceAll(/@([A-Z]+)@/g, (all, word) => words[word] ?? all),
    );
    const top = join(work, "top");
    const how = [
      "--quiet",
      "-bb",
      "--target",
      `${architecture}-linux`,
      "--define",
      `_topdir ${top}`,
    ];
    // The database of this machine's packages isn't asked: Debian's rpm has none.
    await outputOf("rpmbuild", [
      ...how,
      "--define",
      `_dbpath ${join(work, "db")}`,
      "--nodeps",
      spec,
    ], { time });
    const name = `datahubsync-${words.VERSION}-1.${architecture}.rpm`;
    await Deno.mkdir(output, { recursive: true });
    await Deno.copyFile(join(top, "RPMS", architecture, name), join(output, name));
    return join(output, name);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Not `datahubsync`: so the installer's own file is called. */
const LOGROTATE = "etc/logrotate.d/datahubsync-package";

/** What both packages hold. */
async function furnish(
  tree: Tree,
  { root, folder }: PackageOptions,
  { kind, zsh }: { kind: string; zsh: string },
): Promise<void> {
  await tree.copy(join(folder, "datahubsync"), "usr/bin/datahubsync", 0o755);
  await tree.write("usr/share/datahubsync/package", `${kind}\n`);
  await tree.copy(
    join(folder, "install_client.sh"),
    "usr/share/datahubsync/install_client.sh",
    0o755,
  );
  await tree.copy(join(folder, "sync_client.py"), "usr/share/datahubsync/sync_client.py");
  const example = await Deno.readTextFile(join(folder, "config.example.yaml"));
  await tree.write("usr/share/datahubsync/config.example.yaml", example);
  await tree.write(
    `${DOC}/examples/config.yaml`,
    example.replaceAll("local_dir: ./data/", "local_dir: /var/lib/datahubsync/data/")
      .replace("file: ./logs/sync.log", "file: /var/log/datahubsync/sync.log"),
  );
  await Deno.mkdir(tree.at("etc/datahubsync"), { recursive: true });
  await Deno.chmod(tree.at("etc/datahubsync"), 0o755);
  await tree.copy(join(folder, "CHANGELOG.md"), `${DOC}/changelog`);
  await tree.zip(`${DOC}/changelog`);
  // Messages and manual pages name them as docs/….
  await tree.copyAll(join(folder, "docs"), `${DOC}/docs`);
  for (const name of ["THIRD_PARTY_LICENSES.txt", "sbom.spdx.json"]) {
    await tree.copy(join(folder, name), `${DOC}/${name}`);
    await tree.zip(`${DOC}/${name}`);
  }
  for (const { name } of Deno.readDirSync(join(folder, "man"))) {
    const path = `usr/share/man/man${name.at(-1)}/${name}`;
    await tree.copy(join(folder, "man", name), path);
    await tree.zip(path);
  }
  const paths = {
    bash: "usr/share/bash-completion/completions/datahubsync",
    zsh: `${zsh}/_datahubsync`,
    fish: "usr/share/fish/vendor_completions.d/datahubsync.fish",
  };
  // From the sources: the other processor's binary can't be asked here.
  for (const [shell, path] of Object.entries(paths)) {
    const args = [
      "run",
      "-A",
      "--no-check",
      "--quiet",
      join(root, "main.ts"),
      "completions",
      shell,
    ];
    await tree.write(path, await outputOf(Deno.execPath(), args, { cwd: root }));
  }
  for (const unit of ["datahubsync.service", "datahubsync.timer"]) {
    const path = kind === "deb" ? "lib" : "usr/lib";
    await tree.copy(join(root, "packaging/common", unit), `${path}/systemd/system/${unit}`);
  }
}

/** A folder that becomes `/`. Modes and times are set whatever umask and clock say. */
class Tree {
  readonly path: string;
  readonly #time: Date;

  constructor(path: string, time: Date) {
    this.path = path;
    this.#time = time;
  }

  at(path: string): string {
    return join(this.path, path);
  }

  async copy(from: string, path: string, mode = 0o644): Promise<void> {
    await Deno.mkdir(dirname(this.at(path)), { recursive: true });
    await Deno.copyFile(from, this.at(path));
    await Deno.chmod(this.at(path), mode);
  }

  /** Every file below a folder. */
  async copyAll(from: string, path: string): Promise<void> {
    for (const { name, isDirectory } of Deno.readDirSync(from)) {
      if (isDirectory) await this.copyAll(join(from, name), `${path}/${name}`);
      else await this.copy(join(from, name), `${path}/${name}`);
    }
  }

  async write(path: string, text: string, mode = 0o644): Promise<void> {
    await Deno.mkdir(dirname(this.at(path)), { recursive: true });
    await Deno.writeTextFile(this.at(path), text);
    await Deno.chmod(this.at(path), mode);
  }

  async zip(path: string): Promise<void> {
    await outputOf("gzip", ["-9n", this.at(path)]);
  }

  /** The files but dpkg's own, as paths from here. */
  async files(): Promise<string[]> {
    const list = await outputOf("find", [".", "-type", "f", "-printf", "%P\n"], { cwd: this.path });
    return list.trim().split("\n").filter((path) => !path.startsWith("DEBIAN/"));
  }

  /** The last step: the folders' modes and everybody's time. */
  async settle(): Promise<void> {
    await outputOf("find", [".", "-type", "d", "-exec", "chmod", "755", "{}", "+"], {
      cwd: this.path,
    });
    const stamp = `@${seconds(this.#time)}`;
    await outputOf("find", [".", "-exec", "touch", "-d", stamp, "{}", "+"], { cwd: this.path });
  }
}

function debianChangelog(version: string, time: Date): string {
  const stamp = time.toUTCString().replace("GMT", "+0000");
  return `datahubsync (${version}) unstable; urgency=medium\n\n` +
    "  * See /usr/share/doc/datahubsync/changelog.gz.\n\n" +
    ` -- ${MAINTAINER}  ${stamp}\n`;
}

async function copyright({ folder }: PackageOptions): Promise<string> {
  const license = await Deno.readTextFile(join(folder, "LICENSE"));
  return `${license}\nThe binary holds programs of others: their licences are in\n` +
    "/usr/share/doc/datahubsync/THIRD_PARTY_LICENSES.txt.gz\n";
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

async function outputOf(
  program: string,
  args: readonly string[],
  { cwd, time }: { cwd?: string; time?: Date } = {},
): Promise<string> {
  const env = {
    LC_ALL: "C.UTF-8",
    ...(time !== undefined && { SOURCE_DATE_EPOCH: String(seconds(time)) }),
  };
  const command = new Deno.Command(program, { args: [...args], env, ...(cwd && { cwd }) });
  const { success, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
}
