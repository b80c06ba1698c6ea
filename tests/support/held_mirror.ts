/**
 * A hub, and a mirror of it that an attacker holds: whoever has it may change any file on it.
 *
 * Packages are deflated without compression, so that content can be exchanged inside of a stream while
 * CRC-32, sizes, directory and fingerprint stay.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type RequestLine, serveSite } from "../../src/serve/serve_site.ts";
import { makePatch } from "../../src/site/patch/make_patch.ts";
import { placePackage } from "../../src/site/place.ts";
import { resignSite, signSite } from "../../src/site/sign_site.ts";
import { loadSigningKey, makeKeyFile, type SigningKey } from "../../src/trust/keys.ts";
import { PackageFile } from "../../src/zip/read/package_file.ts";
import { buildZip } from "./zip_builder.ts";
import { forgeCrc } from "./forge.ts";
import { rows } from "./random_days.ts";
import { type TempDir, tempDir } from "./temp.ts";
import type { Tree } from "./tree.ts";

/** The dataset's name. */
export const HELD = "stock-trading-data-pro";

/** In ms. */
export const DAY_MS = 24 * 3600_000;

/** Bytes at a content's end that are forged: within the last block of a stream. */
const FORGED = 100;

/** The content with other figures in its last row, and the same CRC-32 and length. */
export function forgedContent(content: Uint8Array): Uint8Array {
  const other = content.slice();
  for (let at = content.length - FORGED; at < content.length - 4; at++) {
    const byte = other[at]!;
    if (byte >= 48 && byte <= 57) other[at] = 48 + (byte - 48 + 5) % 10;
  }
  return forgeCrc(content, other);
}

/** The dataset's files on a day: they grow by a row per day. */
export function heldDay(number: number): Tree {
  return new Map(
    [0, 1, 2].map((index) => [`sh60000${index}.csv`, rows(index + 1, 3000 + number)] as const),
  );
}

/** The one of them that is forged. */
export const forgedFile = (tree: Tree): Uint8Array => tree.get("sh600001.csv")!;

/** What a catalog says of a patch's bytes. */
export interface PatchFacts {
  size: number;
  sha256: string;
}

/** The two. */
export class HeldMirror implements AsyncDisposable {
  /** The owner's address, and the attacker's. */
  readonly ownerUrl: string;
  readonly url: string;
  /** What the attacker's was asked for. */
  readonly requests: RequestLine[] = [];
  /** What the owner signs with; none = nothing is signed. */
  keys: SigningKey[] = [];
  /** Makes the owner's packages. */
  pack: (tree: Tree) => Uint8Array | Promise<Uint8Array> = (tree) =>
    buildZip([...tree].map(([path, content]) => ({ path, content, level: 0 })));
  readonly #temp: TempDir;
  readonly #stops: (() => Promise<void>)[] = [];
  #day = Date.UTC(2026, 10, 1);

  private constructor(temp: TempDir) {
    this.#temp = temp;
    const serve = (folder: string, requests: RequestLine[]): string => {
      const served = serveSite({
        site: temp.at(folder),
        hostname: "127.0.0.1",
        port: 0,
        onRequest: (line) => void requests.push(line),
      });
      this.#stops.push(() => served.stop(0));
      return served.url;
    };
    this.ownerUrl = serve("owner", []);
    this.url = serve("mirror", this.requests);
  }

  /** Both, empty. */
  static async make(): Promise<HeldMirror> {
    const temp = await tempDir();
    const path = await Deno.realPath(temp.path);
    for (const folder of ["owner", "mirror"]) await Deno.mkdir(join(path, folder));
    return new HeldMirror({ ...temp, path, at: (...parts) => join(path, ...parts) });
  }

  /** A path in the owner's site. */
  owner(...parts: string[]): string {
    return this.#temp.at("owner", ...parts);
  }

  /** A path in the mirror. */
  at(...parts: string[]): string {
    return this.#temp.at("mirror", ...parts);
  }

  /** The owner's time, in ms since the epoch: a day further with each version. */
  get now(): number {
    return this.#day;
  }

  /** Makes a key in the owner's folder; it signs what is published from now on. */
  async makeKey(name: string): Promise<SigningKey> {
    const path = this.#temp.at(name);
    await makeKeyFile(path);
    this.keys = [await loadSigningKey(path)];
    return this.keys[0]!;
  }

  /** The owner signs once more, `later` ms after the last version; the mirror copies it. */
  async resign(later: number): Promise<void> {
    const clock = () => this.#day + later;
    await resignSite(this.owner(), { keys: this.keys, validMs: 30 * DAY_MS, clock });
    await this.copy();
  }

  /** The owner publishes a tree, a day after the one before; the mirror copies it. */
  async publish(tree: Tree): Promise<void> {
    this.#day += DAY_MS;
    const packageFile = this.#temp.at("package");
    await Deno.rename(packageFile, this.#temp.at("package before")).catch(() => {});
    await Deno.writeFile(packageFile, await this.pack(tree));
    using file = await PackageFile.open(packageFile);
    const { fingerprint, total } = file.directory;
    const given = this.#temp.at("package given away");
    await Deno.copyFile(packageFile, given);
    await placePackage({ dir: this.owner(), keepHours: 24 * 365 }, {
      name: HELD,
      packageFile: given,
      total,
      fingerprint,
      version: new Date(this.#day).toISOString(),
      listed: { fileCount: tree.size, totalSize: 0 },
    }, { clock: () => this.#day, durable: false });
    if (this.keys.length > 0) {
      const { keys } = this;
      const validMs = 30 * DAY_MS;
      await signSite(this.owner(), { keys, validMs, packed: [HELD], clock: () => this.#day });
    }
    await this.copy();
  }

  /** The mirror becomes what the owner has. */
  async copy(): Promise<void> {
    for (const { name } of Deno.readDirSync(this.at())) {
      await Deno.remove(this.at(name), { recursive: true });
    }
    await copyFolder(this.owner(), this.at());
  }

  /** The owner's catalog's entry. */
  async entry(): Promise<Record<string, unknown>> {
    return JSON.parse(await Deno.readTextFile(this.owner("api", "datasets"))).datasets[0];
  }

  /** The attacker changes the mirror's plain catalog. */
  async edit(change: (entry: Record<string, unknown>) => void): Promise<void> {
    const entry = await this.entry();
    change(entry);
    await Deno.writeTextFile(this.at("api", "datasets"), JSON.stringify({ datasets: [entry] }));
  }

  /** The attacker takes all digests out of the mirror's plain catalog. */
  async dropDigests(): Promise<void> {
    await this.edit((entry) => {
      delete entry["digests"];
      delete entry["sha256"];
    });
  }

  /** The attacker forges the end of a file inside the mirror's package. */
  async forge(content: Uint8Array): Promise<void> {
    const path = this.at(String((await this.entry())["package_url"]));
    const bytes = await Deno.readFile(path);
    const end = content.subarray(-FORGED);
    const at = indexOf(bytes, end);
    assert(at > 0 && indexOf(bytes.subarray(at + 1), end) < 0, "the end is there once");
    bytes.set(forgedContent(content).subarray(-FORGED), at);
    await Deno.writeFile(path, bytes);
  }

  /**
   * The attacker replaces the mirror's patch by one that makes the forged content, for the same packages.
   * Returns what the plain catalog says of the owner's, and what it has to say of this one.
   */
  async forgePatch(content: Uint8Array): Promise<Record<"was" | "is", PatchFacts>> {
    const { patches, package_url: url } = await this.entry() as {
      patches: (PatchFacts & { from: string; to: string; url: string })[];
      package_url: string;
    };
    const [was] = patches;
    const honest = await Deno.readFile(this.at(url));
    await this.forge(content);
    const made = await makePatch(this.#temp.at("package before"), this.at(url), this.#temp.path);
    await Deno.writeFile(this.at(url), honest);
    assert(was !== undefined && made !== undefined);
    assert.deepEqual([made.from, made.to], [was.from, was.to]);
    assert.notEqual(made.sha256, was.sha256);
    await Deno.rename(made.path, this.at(was.url));
    return { was, is: { size: made.size, sha256: made.sha256 } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.#temp[Symbol.asyncDispose]();
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (name === ".datahubsync") continue;
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  const text = (one: Uint8Array) => new TextDecoder("latin1").decode(one);
  return text(bytes).indexOf(text(part));
}
