/**
 * What a user of the Python client v2.0 has, taken over as it is, against a real nginx, with `unzip`
 * as the judge.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { offer, PackCache } from "../support/faulty_hub/dataset_package.ts";
import { fin, pro } from "../../src/demo/profiles.ts";
import { runBinary } from "../support/binary.ts";
import { startNginx } from "../support/nginx.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { installed } from "../support/installed.ts";
import { assertSameTree, readTree, unzipTree, writeTree } from "../support/tree.ts";

const NAMES = ["stock-trading-data-pro", "stock-fin-data-xbx"];

/** A site as an nginx would serve it, one day after the other. */
class Site {
  readonly #temp: TempDir;
  readonly #cache = new PackCache();
  #days = [
    DemoDataset.firstDay(pro({ scale: 0.02, rows: 60 })),
    DemoDataset.firstDay(fin({ scale: 0.02 })),
  ];

  constructor(temp: TempDir) {
    this.#temp = temp;
  }

  async write(): Promise<void> {
    await Deno.mkdir(this.#temp.at("site/api"), { recursive: true });
    await Deno.mkdir(this.#temp.at("site/package"), { recursive: true });
    const datasets = [];
    for (const [at, name] of NAMES.entries()) {
      const day = this.#days[at]!;
      const { package: bytes } = offer(day, at === 0 ? { cache: this.#cache } : {});
      await Deno.writeFile(this.#temp.at("site/package", `${name}.zip`), bytes);
      const entry = { name, last_updated: `${day.version}Z`, package_ready: true };
      datasets.push({ ...entry, package_size: bytes.length, status: "ready" });
    }
    await Deno.writeTextFile(this.#temp.at("site/api/datasets"), JSON.stringify({ datasets }));
  }

  async nextDay(): Promise<void> {
    this.#days = this.#days.map((day) => day.nextDay({ rewritten: 1, added: 1 }));
    await this.write();
  }

  get versions(): Record<string, string> {
    return Object.fromEntries(NAMES.map((name, at) => [name, `${this.#days[at]!.version}Z`]));
  }

  /** `diff -r` of a folder with what `unzip` makes of the package. */
  async assertLikeUnzip(folder: string, name: string): Promise<void> {
    const offered = await unzipTree(this.#temp.at("site/package", `${name}.zip`));
    assert(offered.size > 0);
    assertSameTree(await readTree(folder), offered);
  }
}

/** The files that v2.0's installer left, with its `config/` folder. */
async function installedByV2(temp: TempDir, url: string): Promise<void> {
  await Deno.mkdir(temp.at("client/config"), { recursive: true });
  const config = [
    "# DataHubSync client v2.0",
    "hub:",
    `  url: "${url}"`,
    "  timeout: 300",
    "client:",
    '  name: "machine-7"',
    "datasets:",
    ...NAMES.flatMap((name) => [`  - name: "${name}"`, `    local_dir: "./data/${name}"`]),
    "logging:",
    '  level: "INFO"',
    '  file: "./logs/sync.log"',
    "",
  ];
  await Deno.writeTextFile(temp.at("client/config/config.yaml"), config.join("\n"));
}

const missing = ["nginx", "unzip"].filter((program) => !installed(program));

function v2Test(name: string, body: (temp: TempDir, site: Site, url: string) => Promise<void>) {
  Deno.test({
    name: missing.length === 0 ? name : `${name} (needs ${missing.join(" and ")})`,
    ignore: missing.length > 0,
    async fn() {
      await using temp = await tempDir();
      const site = new Site(temp);
      await site.write();
      await using nginx = await startNginx(temp.at("site"));
      await installedByV2(temp, nginx!.url);
      await body(temp, site, nginx!.url);
    },
  });
}

v2Test("a v2.0 folder with its empty state file syncs as unzip would", async (temp, site) => {
  await Deno.writeTextFile(temp.at("client/.last_sync.json"), "");
  const sync = () => runBinary([], { cwd: temp.at("client") });
  for (let day = 0; day < 2; day++) {
    const ended = await sync();
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
    for (const name of NAMES) await site.assertLikeUnzip(temp.at("client/data", name), name);
    const state = JSON.parse(await Deno.readTextFile(temp.at("client/.last_sync.json")));
    assert.deepEqual(state, site.versions);
    await site.nextDay();
  }
  const log = await Deno.readTextFile(temp.at("client/logs/sync.log"));
  assert.match(log, / WARN: .*config\.yaml:5:1: .*client/);
  assert.equal(log.match(/ INFO: Successfully synced dataset: /g)?.length, 4);
});

v2Test(
  "what v2.0 placed and recorded is up to date, and later taken over without fetching it again",
  async (temp, site) => {
    await Deno.writeTextFile(temp.at("client/.last_sync.json"), JSON.stringify(site.versions));
    for (const name of NAMES) {
      const zip = temp.at("site/package", `${name}.zip`);
      await writeTree(temp.at("client/data", name), await unzipTree(zip));
    }
    const sync = async () => {
      const ended = await runBinary(["--json"], { cwd: temp.at("client") });
      assert.equal(ended.code, 0, ended.stderr);
      return JSON.parse(ended.stdout).results;
    };
    const statuses = (await sync()).map(({ status }: { status: string }) => status);
    assert.deepEqual(statuses, ["up_to_date", "up_to_date"]);
    await site.nextDay();
    const [, reports] = await sync();
    assert.equal(reports.status, "success");
    assert(reports.entries_fetched < reports.entries / 4, JSON.stringify(reports));
    for (const name of NAMES) await site.assertLikeUnzip(temp.at("client/data", name), name);
  },
);
