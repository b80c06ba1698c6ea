/**
 * A hub that can't be reached any more: how long it is asked, and what that costs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createFetch } from "../../src/hub/tls/tls.ts";
import type { Fetch } from "../../src/types.ts";
import { EngineRig, type RunOptions } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

/** A network that is gone from some request on, and comes back after so many milliseconds of waits. */
class Network {
  /** Waits so far since it went. */
  waited = 0;
  #requests = 0;
  readonly #fetch: Fetch;
  readonly #gone: { from: number; forMs: number };

  constructor(fetch: Fetch, gone: { from: number; forMs: number }) {
    this.#fetch = fetch;
    this.#gone = gone;
  }

  options(retries: number): RunOptions {
    const sleep = (ms: number) => (this.waited += ms, Promise.resolve());
    const fetch: Fetch = async (input, init) => {
      if (++this.#requests >= this.#gone.from && this.waited < this.#gone.forMs) {
        throw new TypeError(
          "client error (Connect): tcp connect error: Network is unreachable (os error 101)",
        );
      }
      return await this.#fetch(input, init);
    };
    return { client: { fetch }, context: { retries, sleep } };
  }
}

for (const [from, when] of [[2, "before the directory"], [3, "before the entries"]] as const) {
  Deno.test(`syncAll() waits a minute for a hub that is gone ${when}`, async () => {
    await using hub = startHub({ kind: "modern" });
    await using rig = await EngineRig.make();
    using plain = createFetch({ direct: true, idleConnections: 0 });
    for (const [forMs, status] of [[55_000, "success"], [300_000, "download_failed"]] as const) {
      const network = new Network(plain.fetch, { from, forMs });
      const result = await rig.sync(hub.url, network.options(2));
      assert.equal(result.status, status, result.error);
      assert(network.waited >= 55_000 && network.waited < 70_000, `${network.waited} ms`);
      if (status === "success") assertSameTree(await rig.tree(), hub.tree());
      hub.nextDay({ rewritten: 20 });
    }
  });
}

Deno.test("syncAll() waits for a hub that is gone once in a run, and not where nothing is to be tried again", async () => {
  for (const [retries, least, most] of [[2, 60_000, 75_000], [0, 0, 0]] as const) {
    await using hub = startHub({ kind: "modern" });
    await using rig = await EngineRig.make();
    using plain = createFetch({ direct: true, idleConnections: 0 });
    const network = new Network(plain.fetch, { from: 2, forMs: Infinity });
    const names = ["a", "b", "c"];
    for (const name of names) hub.hub.setDataset(name, hub.hub.datasets.get(hub.name)!);
    const datasets = names.map((name) => ({ ...rig.dataset, name, localDir: rig.at(name) }));
    const options = network.options(retries);
    const statuses: string[] = [];
    const onResult = ({ status }: { status: string }) =>
      Promise.resolve(void statuses.push(status));
    await rig.sync(hub.url, { ...options, job: { datasets, onResult } });
    assert.deepEqual(statuses, names.map(() => "download_failed"));
    assert(network.waited >= least && network.waited <= most, `${network.waited} ms`);
  }
});
