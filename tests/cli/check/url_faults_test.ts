/** `--check` of a dataset that has an address of its own. */
import assert from "node:assert/strict";
import { CLOSED_PORT } from "../../support/closed_port.ts";
import { startFileServer } from "../../support/file_server.ts";
import { treeOf, zipOf } from "../../sync/watched.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";

const ZIP = new Uint8Array(zipOf(treeOf({ "a.csv": "1\n", "b.csv": "2\n" })));

/** A machine that follows one address and no hub, not synced yet. */
async function placeWith(url: string, more = ""): Promise<Place> {
  const place = await healthyPlace({ synced: false });
  await place.edit(/hub:\n {2}url: .*\n/, "");
  await place.edit(/ {4}local_dir/, `    url: ${url}\n${more}    local_dir`);
  return place;
}

Deno.test("--check says what a server offers for a dataset with an address of its own", async () => {
  for (const validator of [{ etag: '"v1"' }, { lastModified: "Sun, 22 Nov 2026 06:02:38 GMT" }]) {
    await using server = startFileServer({ bytes: ZIP, ...validator });
    await using place = await placeWith(server.url);
    const { lines } = await place.check();
    const said = (check: string) =>
      lines.filter((line) => line.check === check).map((
        { verdict, message },
      ) => [verdict, message]);
    assert.deepEqual(said("dataset.url"), [["ok", `${place.name}: ${server.url} answers`]]);
    const has = "etag" in validator ? "an ETag" : "a Last-Modified";
    const news = `${place.name}: ${server.url} has ${has}: a run without news costs one request`;
    assert.deepEqual(said("dataset.news"), [["ok", news]]);
    assert.match(said("dataset.ranges")[0]?.[1] ?? "", /has 2 files.*several ranges are answered/);
    assert.match(said("network.proxy")[0]?.[1] ?? "", /file\.zip is asked directly/);
    assert(server.asked.every(({ method }) => method === "GET"));
  }
});

Deno.test("--check tells a server that says nothing by which news could be told", async () => {
  await using server = startFileServer({ bytes: ZIP, etag: 'W/"weak"' });
  await using place = await placeWith(server.url);
  await assertTold(place, {
    check: "dataset.news",
    verdict: "warning",
    message:
      /: http:.* sends neither a strong ETag nor a Last-Modified: every run reads the package's directory$/,
    remedy: "nothing has to be done; whoever runs the server can let it send a Last-Modified",
  });
});

Deno.test("--check tells a server without several ranges, or without any", async () => {
  await using server = startFileServer({ bytes: ZIP, etag: '"v1"', ranges: 1 });
  await using place = await placeWith(server.url);
  await assertTold(place, {
    check: "dataset.ranges",
    verdict: "warning",
    message: /; the server answers one range per request/,
    remedy: /^serve the packages by a web server/,
  });
  server.state.ranges = 0;
  await assertTold(place, {
    check: "dataset.ranges",
    verdict: "warning",
    message: /: ranges aren't honoured: every sync has to download the whole package$/,
    remedy: `let the server, or the proxy before it, honour ranges, until this prints 206: ` +
      `curl -s -o /dev/null -w '%{http_code}\\n' -r 0-0 ${server.url}`,
  });
});

Deno.test("--check tells an address that doesn't answer with a ZIP", async () => {
  await using server = startFileServer({ bytes: ZIP });
  await using place = await placeWith(server.url.replace("file.zip", "gone.zip"));
  await assertTold(place, {
    check: "dataset.url",
    verdict: "error",
    message: /gone\.zip answered 404: none$/,
    remedy: "check datasets[].url: nothing is there",
  });
  server.state.answer = () => new Response("no", { status: 400 });
  await assertTold(place, {
    check: "dataset.url",
    verdict: "error",
    message: /gone\.zip answered 400: no$/,
    remedy: "ask those who run the server why it refuses this",
  });
});

Deno.test("--check tells an address at which nothing listens, and is content where a mirror does", async () => {
  const url = `http://127.0.0.1:${CLOSED_PORT}/a.zip`;
  await using place = await placeWith(url);
  await assertTold(place, {
    check: "dataset.url",
    verdict: "error",
    message: /: nothing listens at 127\.0\.0\.1:\d+: the connection is refused$/,
    remedy: `start the server, or correct datasets[].url in ${place.config}; then: curl -v ${url}`,
  });
  await using server = startFileServer({ bytes: ZIP, etag: '"v1"' });
  await place.edit(`url: ${url}`, `url: [${url}, ${server.url}]`);
  await assertTold(place, {
    check: "dataset.url",
    verdict: "warning",
    message: /nothing listens at/,
    remedy: /^start the server, or correct datasets\[\]\.url/,
  });
});

Deno.test("--check tells a dataset's token that goes over plain http to another machine", async () => {
  await using place = await placeWith("http://no-such.invalid/a.zip", "    token: s3cret-token\n");
  const { lines } = await place.check();
  const told = lines.find(({ check, verdict }) =>
    check === "dataset.token" && verdict === "warning"
  );
  assert.equal(
    told?.message,
    `${place.name}: a token goes to http://no-such.invalid/a.zip over plain http: others can read it`,
  );
  assert.equal(told?.remedy, `try url: https://no-such.invalid/a.zip in ${place.config}`);
  assert(!JSON.stringify(lines).includes("s3cret-token"));
});
