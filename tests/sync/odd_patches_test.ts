/**
 * Patches as odd or hostile servers give them, and catalogs that list them oddly: a day always ends in
 * its tree, by the patch where its bytes are right, else by the next best way, and what can't be used
 * is said once and not asked for again.
 *
 * Longer than 250 lines because each way in which a server can be odd is a case.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { EngineRig } from "../support/engine.ts";
import { startObjectStore } from "../support/object_store.ts";
import { rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

function day(number: number): Tree {
  return new Map(
    Array.from(
      { length: 20 },
      (_, index) => [`sh${600000 + index}.csv`, rows(index + 1, 200 + number)] as const,
    ),
  );
}

/** What a server is asked for, and has. */
interface Ask {
  request: Request;
  patch: Uint8Array<ArrayBuffer>;
  /** Another server with the same files. */
  elsewhere: string;
}

/** A site behind a server that answers for patches in a way of its own. */
class OddServer implements AsyncDisposable {
  readonly url: string;
  readonly asked: string[] = [];
  answer: (ask: Ask) => Response | Promise<Response>;
  readonly #stops: (() => Promise<void>)[] = [];

  constructor(site: PackedSite, answer: OddServer["answer"]) {
    this.answer = answer;
    const listen = (handler: (request: Request) => Promise<Response>): string => {
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
      this.#stops.push(() => server.shutdown());
      return `http://127.0.0.1:${server.addr.port}`;
    };
    const pass = (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      return fetch(site.url.replace(/\/$/, "") + pathname, { headers: request.headers });
    };
    const elsewhere = listen((request) => {
      this.asked.push("elsewhere");
      assert.equal(request.headers.get("authorization"), null, "a token went to another host");
      return pass(request);
    });
    this.url = listen(async (request) => {
      const kind = new URL(request.url).pathname.split("/")[1]!;
      if (kind !== "api") this.asked.push(kind);
      if (kind !== "patch") return await pass(request);
      const patch = new Uint8Array(await (await pass(new Request(request.url))).arrayBuffer());
      return await this.answer({ request, patch, elsewhere });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}

const chunked = (...parts: Uint8Array<ArrayBuffer>[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

/** How a patch is answered, and whether its bytes are then right. */
const ANSWERS: Record<string, { right: boolean; answer: (ask: Ask) => Response }> = {
  "compressed although nobody asked for it": {
    right: true,
    answer: ({ patch }) =>
      new Response(new Uint8Array(gzipSync(patch)), { headers: { "content-encoding": "gzip" } }),
  },
  "with 206 to a request without Range, whole": {
    right: true,
    answer: ({ patch }) => {
      const headers = { "content-range": `bytes 0-${patch.length - 1}/${patch.length}` };
      return new Response(patch, { status: 206, headers });
    },
  },
  "with 206 to a request without Range, and less than all": {
    right: false,
    answer: ({ patch }) => {
      const headers = { "content-range": `bytes 0-99/${patch.length}` };
      return new Response(patch.slice(0, 100), { status: 206, headers });
    },
  },
  "with 206 and ten bytes a request, however many were asked for": {
    right: false,
    answer: ({ request, patch }) => {
      const start = Number(/\d+/.exec(request.headers.get("range") ?? "0")![0]);
      const headers = { "content-range": `bytes ${start}-${start + 9}/${patch.length}` };
      return new Response(patch.slice(start, start + 10), { status: 206, headers });
    },
  },
  "with ten bytes a connection, which then ends": {
    right: false,
    answer: ({ request, patch }) => {
      const range = request.headers.get("range");
      const start = Number(/\d+/.exec(range ?? "0")![0]);
      const headers = { "content-range": `bytes ${start}-${patch.length - 1}/${patch.length}` };
      const body = chunked(patch.slice(start, start + 10));
      return new Response(body, range === null ? {} : { status: 206, headers });
    },
  },
  "with 206 and no Content-Range": {
    right: false,
    answer: ({ patch }) => new Response(patch, { status: 206 }),
  },
  "with 206 of other bytes than were asked for": {
    right: false,
    answer: ({ patch }) => {
      const headers = { "content-range": `bytes 100-${patch.length - 1}/${patch.length}` };
      return new Response(patch.slice(100), { status: 206, headers });
    },
  },
  "by a redirect to another host": {
    right: true,
    answer: ({ request, elsewhere }) =>
      Response.redirect(elsewhere + new URL(request.url).pathname, 302),
  },
  "by a redirect to itself": {
    right: false,
    answer: ({ request }) => Response.redirect(request.url, 302),
  },
  "with more bytes than it has, as the length says": {
    right: false,
    answer: ({ patch }) => new Response(new Uint8Array([...patch, ...patch])),
  },
  "with more bytes than it has, and no length": {
    right: false,
    answer: ({ patch }) => new Response(chunked(patch, patch)),
  },
  "with fewer bytes than it has, and no length": {
    right: false,
    answer: ({ patch }) => new Response(chunked(patch.slice(0, 200))),
  },
  "without an end": {
    right: false,
    answer: () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) }),
      ),
  },
  "with 403, as a bucket says that there is none": {
    right: false,
    answer: () =>
      new Response("<Error><Code>AccessDenied</Code></Error>", {
        status: 403,
        headers: { "content-type": "application/xml" },
      }),
  },
  "with 401": {
    right: false,
    answer: () => new Response(null, { status: 401, headers: { "www-authenticate": "Basic" } }),
  },
  "with 410": { right: false, answer: () => new Response(null, { status: 410 }) },
  "with 204": { right: false, answer: () => new Response(null, { status: 204 }) },
  "with 304": { right: false, answer: () => new Response(null, { status: 304 }) },
  "with 416": { right: false, answer: () => new Response(null, { status: 416 }) },
  "with 500, always": { right: false, answer: () => new Response("oops", { status: 500 }) },
  "with 503 for an hour": {
    right: false,
    answer: () => new Response(null, { status: 503, headers: { "retry-after": "3600" } }),
  },
  "with a page for people": {
    right: false,
    answer: () => new Response("<html>log in</html>", { headers: { "content-type": "text/html" } }),
  },
};

for (const [how, { right, answer }] of Object.entries(ANSWERS)) {
  Deno.test(`a patch that is answered ${how} ${right ? "is used" : "costs requests, not the day"}`, async () => {
    await using site = await PackedSite.make();
    await using server = new OddServer(site, answer);
    await using rig = await EngineRig.make();
    await site.publish(day(0));
    const first = await rig.sync(server.url);
    assert.equal(first.status, "success", first.error);
    await site.publish(day(1));
    server.asked.splice(0);
    const client = { token: "secret" };
    const result = await rig.sync(server.url, { client });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(1));
    const patches = server.asked.filter((kind) => kind === "patch").length;
    assert(patches <= 5, `asked ${patches} times`);
    assert.equal(server.asked.includes("package"), !right, server.asked.join());
    assert.equal(rig.warnings.length, right ? 0 : 1, rig.warnings.join("\n"));
    if (!right) assert.match(rig.warnings[0]!, /a patch can't be used/);
    // The next day's patch leads on from here.
    server.answer = ({ patch }) => new Response(patch);
    await site.publish(day(2));
    server.asked.splice(0);
    assert.equal((await rig.sync(server.url)).status, "success");
    assertSameTree(await rig.tree(), day(2));
    assert.deepEqual(server.asked, ["patch"]);
  });
}

Deno.test("a server that cuts a patch off and refuses to resume it is asked a few times, not for ever", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await site.publish(day(0));
  await rig.sync(site.url);
  await site.publish(day(1));
  let asked = 0;
  let resumed = 0;
  const cut = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (!String(input).includes("/patch/")) return await fetch(input, init);
    asked++;
    if (new Headers(init?.headers).has("range") && ++resumed) {
      return new Response(null, { status: 416 });
    }
    const patch = new Uint8Array(await (await fetch(input, init)).arrayBuffer());
    let pulls = 0;
    // The second pull comes when the first bytes have been read.
    const body = new ReadableStream({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(patch.slice(0, 300));
        else controller.error(new TypeError("connection reset"));
      },
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { "content-length": String(patch.length) } });
  };
  const result = await rig.sync(site.url, { client: { fetch: cut } });
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  assert.equal(resumed, 1, "it was asked to resume again");
  assert(asked <= 8, `asked ${asked} times`);
});

Deno.test("of a chain the patch at fault is remembered, not another one", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await site.publish(day(0));
  await rig.sync(site.url);
  for (const number of [1, 2]) await site.publish(day(number));
  // Its bytes are what the catalog says, and no patch.
  const [path] = await site.patches();
  const bytes = new TextEncoder().encode("something else\n".repeat(20));
  await Deno.writeFile(path!, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await site.edit(({ patches }) =>
    void Object.assign(patches![0]!, { size: bytes.length, sha256 })
  );
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(2));
  const refused = await Deno.readTextFile(`${(await rig.layout()).patches}/refused`);
  assert.equal(refused.trim(), sha256);
});

Deno.test("a chain that was interrupted goes on with what it has, also when a day has come since", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await site.publish(day(0));
  await rig.sync(site.url);
  for (const number of [1, 2, 3]) await site.publish(day(number));
  const stop = new AbortController();
  let patches = 0;
  const stopping = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (String(input).includes("/patch/") && ++patches === 3) stop.abort();
    return fetch(input, init);
  };
  const context = { signal: stop.signal };
  const broken = await rig.sync(site.url, { client: { fetch: stopping }, context });
  assert.equal(broken.status, "interrupted");
  assertSameTree(await rig.tree(), day(0));
  await site.publish(day(4));
  const asked: string[] = [];
  const noting = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.push(new URL(String(input)).pathname);
    return fetch(input, init);
  };
  const rest = await rig.sync(site.url, { client: { fetch: noting } });
  assert.equal(rest.status, "success", rest.error);
  assertSameTree(await rig.tree(), day(4));
  const urls = (await site.entry()).patches!.slice(-2).map(({ url }) => `/${url}`);
  assert.deepEqual(asked, ["/api/datasets", ...urls]);
});

Deno.test("a bucket gives the first day by ranges, the next by one patch, and a missing one costs a request", async () => {
  await using site = await PackedSite.make();
  await using store = startObjectStore(site.at());
  await using rig = await EngineRig.make();
  await site.publish(day(0));
  assert.equal((await rig.sync(store.url)).status, "success");
  await site.publish(day(1));
  store.requests.splice(0);
  assert.equal((await rig.sync(store.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert.deepEqual(store.requests.map(({ path, status }) => [path.split("/")[1], status]), [
    ["api", 200],
    ["patch", 200],
  ]);
  await site.publish(day(2));
  await Deno.remove((await site.patches()).at(-1)!);
  store.requests.splice(0);
  assert.equal((await rig.sync(store.url)).status, "success");
  assertSameTree(await rig.tree(), day(2));
  const statuses = store.requests.map(({ path, status }) => [path.split("/")[1], status]);
  assert.deepEqual(statuses.slice(0, 3), [["api", 200], ["patch", 403], ["package", 206]]);
});

/** What a catalog's list of patches may be made into. */
type Patches = Record<string, unknown>[];
/** What the server is then asked for, and how many warnings there are. */
interface Listed {
  days?: number;
  list: (patches: Patches) => Patches;
  asked: string[];
  warnings?: number;
}

const dead = (patch: Record<string, unknown>): Record<string, unknown> => ({
  ...patch,
  url: "patch/stock-trading-data-pro/0000000000000000-0000000000000000.patch",
  sha256: "0".repeat(64),
});

/** How a catalog lists its patches: two days and one patch each, unless `days` says otherwise. */
const LISTS: Record<string, Listed> = {
  "in the other order": { list: (all) => all.toReversed(), asked: ["patch", "patch"] },
  "with a cycle": {
    list: ([one, two]) => [
      one!,
      { ...dead(one!), from: one!["to"], to: one!["from"] },
      { ...dead(two!), from: two!["to"], to: one!["from"] },
      two!,
    ],
    asked: ["patch", "patch"],
  },
  "with one that leads from a package to itself": {
    list: ([one, two]) => [
      { ...dead(one!), size: 1, to: one!["from"] },
      one!,
      { ...dead(one!), size: 1, from: one!["to"] },
      two!,
      { ...dead(two!), size: 1, from: two!["to"] },
    ],
    asked: ["patch", "patch"],
  },
  "twice, the first one dead": {
    days: 1,
    list: ([one]) => [dead(one!), one!],
    asked: ["patch", "patch"],
    warnings: 1,
  },
  "in two chains, of which the shorter one is dead": {
    list: ([one, two]) => [{ ...dead(one!), to: two!["to"], size: 10 }, one!, two!],
    asked: ["patch", "patch", "patch"],
    warnings: 1,
  },
  "in many chains that are all dead": {
    days: 1,
    list: ([one]) =>
      Array.from(
        { length: 40 },
        (_, index) => ({ ...dead(one!), sha256: String(index).padStart(64, "0") }),
      ),
    asked: ["patch", "patch", "patch", "package"],
    warnings: 3,
  },
  "to a package that isn't the catalog's": {
    days: 1,
    list: ([one]) => [{ ...one!, to: "1".repeat(64) }],
    asked: ["package"],
  },
  "under the fingerprint of the package, though it leads to another one": {
    list: ([one, two]) => [{ ...one!, to: two!["to"] }],
    asked: ["patch", "package"],
    warnings: 1,
  },
  "larger than it is": {
    days: 1,
    list: ([one]) => [{ ...one!, size: Number(one!["size"]) + 1 }],
    asked: ["patch", "package"],
    warnings: 1,
  },
  "smaller than it is": {
    days: 1,
    list: ([one]) => [{ ...one!, size: Number(one!["size"]) - 1 }],
    asked: ["patch", "package"],
    warnings: 1,
  },
  "with another digest": {
    days: 1,
    list: ([one]) => [{ ...one!, sha256: "2".repeat(64) }],
    asked: ["patch", "package"],
    warnings: 1,
  },
  "on another host": {
    days: 1,
    list: ([one]) => [{ ...one!, url: "http://127.0.0.1:9/a.patch" }],
    asked: ["package"],
    warnings: 1,
  },
  "as a file of this machine": {
    days: 1,
    list: ([one]) => [{ ...one!, url: "file:///etc/hostname" }],
    asked: ["package"],
    warnings: 1,
  },
  "as no list": {
    days: 1,
    list: ([one]) => ({ 0: one }) as unknown as Patches,
    asked: ["package"],
  },
};

for (const [how, { days = 2, list, asked, warnings = 0 }] of Object.entries(LISTS)) {
  Deno.test(`patches listed ${how} end in the day's tree`, async () => {
    await using site = await PackedSite.make();
    await using server = new OddServer(site, ({ patch }) => new Response(patch));
    await using rig = await EngineRig.make();
    await site.publish(day(0));
    await rig.sync(server.url);
    for (let number = 1; number <= days; number++) await site.publish(day(number));
    const whole = (await site.entry()).patches!;
    await site.edit((entry) => void (entry.patches = list(entry.patches!)));
    server.asked.splice(0);
    const result = await rig.sync(server.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(days));
    const kinds = server.asked.filter((kind, index, all) =>
      kind !== "package" || all[index - 1] !== kind
    );
    assert.deepEqual(kinds, asked);
    assert.equal(rig.warnings.length, warnings, rig.warnings.join("\n"));
    await site.edit((entry) => void (entry.patches = whole));
    await site.publish(day(days + 1));
    server.asked.splice(0);
    assert.equal((await rig.sync(server.url)).status, "success");
    assert.deepEqual(server.asked, ["patch"], "the next day's patch leads on from here");
  });
}
