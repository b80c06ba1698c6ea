/**
 * Servers that give less than they are asked for, again and again: each is asked a bounded number of
 * times, whatever is left to come, and what can be had another way is.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { RawServer, writeAllBytes } from "../hub/raw_server.ts";
import { EngineRig } from "../support/engine.ts";
import { noise, seededRandom } from "../support/random.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { day, started } from "./patched_client.ts";
import { evenClock, NAME, versionOf, zipOf } from "./watched.ts";

type Span = readonly [start: number, end: number];
/** An answer's head without its first line, and its body. */
type Crumb = (spans: readonly Span[], all: Uint8Array) => { head: string; body: Uint8Array };

const MANY = "Content-Type: multipart/byteranges; boundary=odd\r\n";
const rangeOf = ([start, end]: Span, all: Uint8Array) =>
  `Content-Range: bytes ${start}-${end - 1}/${all.length}\r\n`;
const part: Crumb = ([span], all) => ({
  head: `${rangeOf(span!, all)}Content-Length: ${span![1] - span![0]}\r\n`,
  body: all.subarray(...span!),
});
const parts: Crumb = (spans, all) => ({
  head: MANY,
  body: Buffer.concat([
    ...spans.flatMap((span) => [
      Buffer.from(`\r\n--odd\r\n${rangeOf(span, all)}\r\n`),
      all.subarray(...span),
    ]),
    Buffer.from("\r\n--odd--\r\n"),
  ]),
});
const well: Crumb = (spans, all) => (spans.length > 1 ? parts : part)(spans, all);
const first = ([span]: readonly Span[]): Span => [span![0], span![0] + 1];

const CRUMBS: Record<string, Crumb> = {
  "a byte per answer": (spans, all) => part([first(spans)], all),
  "a byte per connection": (spans, all) => ({ ...part(spans, all), body: all.subarray(0, 1) }),
  "a byte of one of several ranges": (spans, all) =>
    spans.length > 1 ? parts([first(spans)], all) : part(spans, all),
  "a byte of one of several ranges, and of one": (spans, all) =>
    (spans.length > 1 ? parts : part)([first(spans)], all),
};

/** A hub whose ranges are answered so where `applies`. */
class CrumblingHub extends RawServer {
  package: Uint8Array = new Uint8Array();
  version = versionOf(1);
  /** Requests for the package. */
  asked = 0;

  constructor(
    crumb: Crumb,
    { plain, applies }: { plain: Crumb; applies: (span: Span, total: number) => boolean },
  ) {
    super(async (connection, head) => {
      const send = async ({ head, body }: ReturnType<Crumb>, status = "206 Odd") => {
        const begin = Buffer.from(`HTTP/1.1 ${status}\r\nConnection: close\r\n${head}\r\n`);
        await writeAllBytes(connection, new Uint8Array(Buffer.concat([begin, body])));
      };
      if (head.startsWith("GET /api/datasets ")) {
        const list = { datasets: [{ name: NAME, last_updated: this.version }] };
        return await send({ head: "", body: Buffer.from(JSON.stringify(list)) }, "200 OK");
      }
      this.asked++;
      const all = this.package;
      const spans = /^range: bytes=(.*)\r$/im.exec(head)?.[1]?.split(",").map((text): Span => {
        const [start, last] = text.split("-").map(Number);
        return [start!, Math.min(last! + 1, all.length)];
      });
      if (spans === undefined) return await send(plain([[0, all.length]], all), "200 OK");
      await send((applies(spans[0]!, all.length) ? crumb : well)(spans, all));
    });
  }
}

/** Every third file is another one each day. */
function treeOn(day: number): Tree {
  return new Map(Array.from({ length: 60 }, (_, index) => {
    const random = seededRandom(index % 3 === 0 ? 1000 * day + index : index);
    return [`f${String(index).padStart(3, "0")}.bin`, noise(random, 30_000)];
  }));
}

const WHERE: Record<string, (span: Span, total: number) => boolean> = {
  "from the first": () => true,
  "once its directory is there": ([start], total) => start < total - 200_000,
};

for (const [what, crumb] of Object.entries(CRUMBS)) {
  for (const [where, applies] of Object.entries(WHERE)) {
    Deno.test(`a server that answers with ${what}, ${where}, is asked for the whole or given up`, async () => {
      const cuts = what.includes("connection");
      const plain: Crumb = (spans, all) => {
        const { body } = part(spans, all);
        const head = `Content-Length: ${all.length}\r\n`;
        return { head, body: cuts ? body.subarray(0, 1) : body };
      };
      await using hub = new CrumblingHub(crumb, { plain, applies });
      await using rig = await EngineRig.make();
      for (const day of [1, 2]) {
        hub.asked = 0;
        hub.version = versionOf(day);
        hub.package = zipOf(treeOn(day), { level: 1 });
        const result = await rig.sync(hub.url, { client: evenClock(), context: { retries: 5 } });
        assert.equal(result.status, cuts ? "download_failed" : "success", result.error);
        if (!cuts) assertSameTree(await rig.tree(), treeOn(day));
        assert(hub.asked <= 600, `${hub.asked} requests`);
      }
    });
  }
}

Deno.test("a package without a length that ends early is no reason to ask for ever", async () => {
  const plain: Crumb = (_spans, all) => ({ head: "", body: all.subarray(0, 1) });
  const crumb = CRUMBS["a byte per answer"]!;
  const applies = WHERE["once its directory is there"]!;
  await using hub = new CrumblingHub(crumb, { plain, applies });
  hub.package = zipOf(treeOn(1), { level: 1 });
  await using rig = await EngineRig.make();
  // A run that doesn't end by itself is stopped.
  const stop = new AbortController();
  const watch = setInterval(() => hub.asked > 2_000 && stop.abort(), 10);
  const context = { retries: 5, signal: stop.signal };
  const result = await rig.sync(hub.url, { client: evenClock(), context });
  clearInterval(watch);
  assert.equal(result.status, "download_failed", result.error);
  assert.match(result.error!, /length|ended|whole|byte/);
  assert(hub.asked <= 600, `${hub.asked} requests`);
});

for (const [what, cut] of [["answer", false], ["connection", true]] as const) {
  Deno.test(`a patch that comes a byte per ${what} is given up for another way`, async () => {
    await using site = await PackedSite.make();
    await using rig = await started(site);
    await site.publish(day(1));
    let asked = 0;
    await using front = new RawServer(async (connection, head) => {
      const path = head.split(" ")[1]!;
      const range = /^range: .*\r$/im.exec(head)?.[0].trim().slice("range: ".length);
      const answer = await fetch(site.url + path, range ? { headers: { range } } : {});
      const body = new Uint8Array(await answer.arrayBuffer());
      const crumbles = path.startsWith("/patch/");
      if (crumbles) asked++;
      const said = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
      const start = Number(said?.[1] ?? 0);
      const total = Number(said?.[2] ?? body.length);
      const short = crumbles && !cut && range !== undefined;
      const end = start + (short ? 1 : body.length);
      const lines = [
        `HTTP/1.1 ${short ? 206 : answer.status} Odd`,
        `Content-Length: ${end - start}`,
        ...(said || short ? [`Content-Range: bytes ${start}-${end - 1}/${total}`] : []),
        "Connection: close",
      ];
      const sent = crumbles ? body.subarray(0, 1) : body;
      const begin = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
      await writeAllBytes(connection, new Uint8Array(Buffer.concat([begin, sent])));
    });
    const result = await rig.sync(front.url, { client: evenClock(), context: { retries: 5 } });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(1));
    assert(asked > 0 && asked <= 300, `${asked} requests`);
  });
}
