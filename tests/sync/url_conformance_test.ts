/** Datasets with addresses of their own, over every kind of server that the tests have. */
import assert from "node:assert/strict";
import { FaultyHub, type HubKind } from "../support/faulty_hub/hub.ts";
import { serveSite } from "../../src/serve/serve_site.ts";
import { EngineRig } from "../support/engine.ts";
import { nginxPath, startNginx } from "../support/nginx.ts";
import { ODD_HUBS, startOddHub } from "../support/odd_hub.ts";
import { noise, seededRandom } from "../support/random.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { zipOf } from "./watched.ts";
import { TempFolder } from "../support/temp.ts";

const NAME = "stock-trading-data-pro";

/** Files of which every third is another one each day. */
function treeOn(day: number, files = 30, size = 20_000): Tree {
  const tree: Tree = new Map();
  for (let index = 0; index < files; index++) {
    const random = seededRandom(index % 3 === 0 ? 1000 * day + index : index);
    tree.set(`f${index}.bin`, noise(random, size));
  }
  return tree;
}
const TREES = [treeOn(1), treeOn(2)];
const DAYS = TREES.map((tree) => zipOf(tree, { level: 1 }));

/** For who answers with a byte: the directory is looked for in the last 64 KB, a request for each. */
const SMALL_TREES = [treeOn(1, 6, 100), treeOn(2, 6, 100)];
const SMALL_DAYS = SMALL_TREES.map((tree) => zipOf(tree, { level: 1 }));

/** A server of a package that can be replaced. */
interface Server extends AsyncDisposable {
  url: string;
  replace(bytes: Uint8Array): void | Promise<void>;
}

/** Follows a server for two days, with a run without news in between. */
async function follow(server: Server, trees = TREES, days = DAYS): Promise<void> {
  await using rig = await EngineRig.make();
  const url = `${server.url}/package/${NAME}.zip`;
  const first = await syncUrl(rig, url);
  assert.equal(first.status, "success", first.error);
  assertSameTree(await rig.tree(), trees[0]!);
  const again = await syncUrl(rig, url);
  assert.equal(again.status, "up_to_date", again.error);
  await server.replace(days[1]!);
  const second = await syncUrl(rig, url);
  assert.equal(second.status, "success", second.error);
  assertSameTree(await rig.tree(), trees[1]!);
}

for (const kind of ["deployed", "modern", "no_ranges"] as const satisfies HubKind[]) {
  Deno.test(`a url dataset follows the test hub (${kind})`, async () => {
    const offer = (bytes: Uint8Array) => ({ version: "2026-11-22", package: bytes });
    const hub = new FaultyHub({ kind, datasets: { [NAME]: offer(DAYS[0]!) } });
    await follow({
      url: hub.url,
      replace: (bytes) => hub.setDataset(NAME, offer(bytes)),
      [Symbol.asyncDispose]: () => hub.close(),
    });
    await hub.close();
  });
}

/** A folder that servers serve. */
async function makeSite(): Promise<TempFolder> {
  const site = new TempFolder();
  await Deno.mkdir(site.at("package"));
  await Deno.mkdir(site.at("api"));
  await Deno.writeTextFile(site.at("api/datasets"), '{"datasets":[]}');
  await Deno.writeFile(site.at(`package/${NAME}.zip`), DAYS[0]!);
  return site;
}

async function replaceIn(root: string, bytes: Uint8Array): Promise<void> {
  await Deno.writeFile(`${root}/next`, bytes);
  await Deno.rename(`${root}/next`, `${root}/package/${NAME}.zip`);
}

Deno.test({
  name: "a url dataset follows nginx",
  ignore: nginxPath() === undefined,
  async fn() {
    using site = await makeSite();
    await using nginx = await startNginx(site.path);
    await follow({
      url: nginx!.url,
      replace: (bytes) => replaceIn(site.path, bytes),
      [Symbol.asyncDispose]: async () => {},
    });
  },
});

Deno.test("a url dataset follows datahubsync serve", async () => {
  using site = await makeSite();
  const served = serveSite({ site: site.path, hostname: "127.0.0.1", port: 0 });
  try {
    await follow({
      url: served.url,
      replace: (bytes) => replaceIn(site.path, bytes),
      [Symbol.asyncDispose]: async () => {},
    });
  } finally {
    await served.stop(0);
  }
});

for (const [name, kind] of Object.entries(ODD_HUBS)) {
  Deno.test(`a url dataset follows a server with ${name}`, async () => {
    const [trees, days] = name.includes("1 byte") ? [SMALL_TREES, SMALL_DAYS] : [TREES, DAYS];
    await using server = startOddHub(kind, { name: NAME, version: "1", package: days[0]! });
    await follow(
      {
        url: server.url,
        replace: (bytes) => server.put("2", bytes),
        [Symbol.asyncDispose]: async () => {},
      },
      trees,
      days,
    );
  });
}
