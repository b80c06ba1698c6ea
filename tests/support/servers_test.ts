/**
 * The servers that tests start besides the plain hub: TLS with certificates of our own, nginx.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "./faulty_hub/hub.ts";
import { generate } from "../../bench/profiles.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { nginxPath, startNginx } from "./nginx.ts";
import { tempDir } from "./temp.ts";
import { startHub } from "./hub.ts";
import { judge } from "./judge.ts";
import { assertSameTree } from "./tree.ts";

Deno.test({
  name: "makeCertificates() makes certificates for the right and for a wrong host",
  ignore: !hasOpenssl(),
  async fn() {
    const { ca, right, wrongName } = await makeCertificates();
    await using hub = new FaultyHub({ tls: right });
    await using wrong = new FaultyHub({ tls: wrongName });
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const answer = await fetch(`${hub.url}/health`, { client });
    assert.deepEqual(await answer.json(), { status: "ok" });
    await assert.rejects(fetch(`${wrong.url}/health`, { client }), /not valid for name/i);
    await assert.rejects(fetch(`${hub.url}/health`), /UnknownIssuer/);
  },
});

Deno.test({
  name: "startNginx() serves a generated profile, with validators and ranges",
  ignore: nginxPath() === undefined,
  async fn() {
    await using temp = await tempDir();
    const made = await generate("small", temp.path, { scale: 0.002 });
    await using nginx = (await startNginx(temp.path))!;
    const catalog = await (await fetch(`${nginx.url}/api/datasets`)).json();
    assert.equal(catalog.datasets[0].package_size, made.packageSize);
    const part = await fetch(`${nginx.url}/package/small.zip`, { headers: { range: "bytes=-4" } });
    assert.equal(part.status, 206);
    assert.match(part.headers.get("etag") ?? "", /^"/);
    assert.equal((await part.arrayBuffer()).byteLength, 4);
  },
});

Deno.test("generate() keeps a package that was made with the same parameters", async () => {
  await using temp = await tempDir();
  const options = { scale: 0.002 };
  await generate("small", temp.path, options);
  const path = temp.at("package", "small.zip");
  await Deno.utime(path, 1, 1);
  await generate("small", temp.path, options);
  assert.equal((await Deno.stat(path)).mtime?.getTime(), 1000);
  await generate("small", temp.path, { ...options, day: 1 });
  assert.notEqual((await Deno.stat(path)).mtime?.getTime(), 1000);
});

Deno.test("startHub() offers a package that holds its tree, day after day", async () => {
  await using started = startHub();
  started.nextDay();
  const answer = await fetch(`${started.url}/package/${started.name}.zip`);
  assertSameTree(judge(new Uint8Array(await answer.arrayBuffer())), started.tree());
});
