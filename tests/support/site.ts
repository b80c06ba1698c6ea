/**
 * A hub made of a folder, as people make one: `pack` into a site, `serve` in front of it.
 *
 * @module
 */
import { join } from "node:path";
import { type RequestLine, serveSite } from "../../src/serve/serve_site.ts";
import type { PackOptions, PackReport } from "../../src/pack/options.ts";
import { packTree } from "./pack.ts";
import { type TempDir, tempDir } from "./temp.ts";
import { type Tree, writeTree } from "./tree.ts";

/** A served site with one dataset. */
export class PackedSite implements AsyncDisposable {
  readonly url: string;
  /** What was asked for, in order. */
  readonly requests: RequestLine[] = [];
  readonly #name: string;
  readonly #temp: TempDir;
  readonly #stop: () => Promise<void>;
  #clock = Date.UTC(2026, 10, 1);

  private constructor(name: string, temp: TempDir) {
    this.#name = name;
    this.#temp = temp;
    const served = serveSite({
      site: temp.at("site"),
      hostname: "127.0.0.1",
      port: 0,
      onRequest: (line) => void this.requests.push(line),
    });
    this.url = served.url;
    this.#stop = () => served.stop(0);
  }

  /** An empty site; `name` is its dataset's. */
  static async make(name = "stock-trading-data-pro"): Promise<PackedSite> {
    const temp = await tempDir();
    const path = await Deno.realPath(temp.path);
    await Deno.mkdir(join(path, "site"));
    return new PackedSite(name, { ...temp, path, at: (...parts) => join(path, ...parts) });
  }

  /** A path in the site. */
  at(...parts: string[]): string {
    return this.#temp.at("site", ...parts);
  }

  /** Publishes a tree, a day after the one before. */
  async publish(tree: Tree, options: Partial<PackOptions> = {}): Promise<PackReport> {
    this.#clock += 24 * 3600 * 1000;
    const folder = this.#temp.at("folder");
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder);
    await writeTree(folder, tree);
    const version = new Date(this.#clock).toISOString();
    const place = { folder, output: this.#temp.at("site"), name: this.#name };
    return await packTree({ ...place, version, maxRemoved: 1, all: true, ...options });
  }

  /** The catalog's entry. */
  async entry(): Promise<Record<string, unknown> & { patches?: Record<string, unknown>[] }> {
    return JSON.parse(await Deno.readTextFile(this.at("api", "datasets"))).datasets[0];
  }

  /** Changes the catalog's entry behind the packer's back. */
  async edit(change: (entry: Awaited<ReturnType<PackedSite["entry"]>>) => void): Promise<void> {
    const entry = await this.entry();
    change(entry);
    await Deno.writeTextFile(this.at("api", "datasets"), JSON.stringify({ datasets: [entry] }));
  }

  /** What was asked for since the last call, without the catalog. */
  asked(): string[] {
    const paths = this.requests.splice(0).map(({ path }) => path);
    return paths.filter((path) => path !== "/api/datasets");
  }

  /** Where the patches lie, the oldest first. */
  async patches(): Promise<string[]> {
    return ((await this.entry()).patches ?? []).map(({ url }) => this.at(decodeURI(String(url))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#temp[Symbol.asyncDispose]();
  }
}
