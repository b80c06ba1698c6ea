/** No error, result or event of the library shows a secret: not in its message, cause, hint or stack. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { cleanError } from "../../src/client/clean_error.ts";
import { DataHubSyncError, get, HubError, type SyncReporter, UsageError } from "../../src/mod.ts";
import { redactor } from "../../src/redact.ts";
import { tempDir } from "../support/temp.ts";
import { ClientRig } from "./rig.ts";

const SECRETS = /s3cr3t|t0k3n|k3yk3y/;

/** Everything that a program may print of an error. */
function allOf(error: unknown): string {
  const texts = [inspect(error, { depth: 20, showHidden: true, getters: true })];
  for (let one = error, depth = 0; one instanceof Error && depth < 30; one = one.cause, depth++) {
    texts.push(one.message, one.stack ?? "", String(one));
    if (one instanceof DataHubSyncError) texts.push(JSON.stringify(one.evidence), one.hint ?? "");
  }
  return texts.join("\n");
}

const clean = redactor(["t0k3n"]);

Deno.test("cleanError() cleans message, evidence, hint, stack and every cause, and keeps the class", () => {
  const url = "http://user:s3cr3t@hub.example/p.zip?sig=k3yk3y";
  const foreign = new TypeError(`sending ${url}`, { cause: new RangeError(`t0k3n at ${url}`) });
  const middle = new UsageError(`asked ${url}`, { cause: foreign, url, hint: "try t0k3n" });
  const error = new HubError("http_status", `t0k3n of ${url}`, {
    status: 401,
    cause: middle,
    found: "Bearer t0k3n",
    offset: 7,
  });
  const before = foreign.message;
  assert.match(allOf(error), SECRETS);
  const cleaned = cleanError(error, clean);
  assert.equal(cleaned, error);
  assert.doesNotMatch(allOf(cleaned), SECRETS);
  assert.deepEqual([error.code, error.status, error.evidence.offset], ["http_status", 401, 7]);
  assert.equal(error.cause, middle);
  assert.equal(middle.hint, "try ***");
  // Somebody else's object isn't changed, only no longer shown.
  assert.equal(foreign.message, before);
  assert.match((middle.cause as Error).message, /^sending http:\/\/hub\.example\/p\.zip/);
  assert.equal((middle.cause as Error).name, "TypeError");
});

Deno.test("cleanError() cleans causes that are texts, many errors in one, and circles", () => {
  const circle = new Error("t0k3n");
  circle.cause = new Error("inside", { cause: circle });
  const several = new AggregateError([new Error("t0k3n")], "all of them");
  for (const cause of ["t0k3n", circle, several, new Error("t0k3n\nt0k3n")]) {
    const error = new HubError("unreachable", "x", { cause });
    assert.doesNotMatch(allOf(cleanError(error, clean)), SECRETS);
  }
});

Deno.test("cleanError() leaves alone what shows nothing", () => {
  const cause = new Deno.errors.NotFound("no such file");
  const error = new HubError("unreachable", "two\nlines", { cause });
  const { message, stack } = error;
  assert.equal(cleanError(error, clean), error);
  assert.deepEqual([error.message, error.stack, error.cause], [message, stack, cause]);
  for (const one of [undefined, 7, cause]) assert.equal(cleanError(one, clean), one);
});

Deno.test("no call of a client rejects with a secret, and no event has one", async () => {
  await using rig = await ClientRig.make();
  // A hub that says back what it was asked with.
  await using echo = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      new Response(`refused: ${request.headers.get("authorization")} at ${request.url}`, {
        status: 500,
        headers: { "Content-Type": "text/plain" },
      }),
  );
  const { port } = echo.addr;
  const urls = [`http://user:s3cr3t@127.0.0.1:9`, `http://user:s3cr3t@127.0.0.1:${port}`];
  const events: unknown[] = [];
  const note = (...event: unknown[]): void => void events.push(event);
  const reporter: SyncReporter = { retry: note, warn: note, debug: note, finished: note };
  for (const url of urls) {
    const hub = { ...rig.config.hub, urls: [url], token: "t0k3n", retries: 1 };
    await using client = rig.client({ reporter }, { ...rig.config, hub });
    for (const call of [() => client.checkUpdates(), () => client.verify("bars")]) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof HubError);
        assert.match(error.message, /127\.0\.0\.1/);
        assert.doesNotMatch(allOf(error), SECRETS);
        return true;
      });
    }
    assert.doesNotMatch(JSON.stringify(await client.syncAll()), SECRETS);
  }
  assert(events.length > 0);
  assert.doesNotMatch(JSON.stringify(events), SECRETS);
});

Deno.test("get() rejects without showing what is secret of an address or a setting", async () => {
  await using temp = await tempDir();
  const bad: [url: string, settings: Parameters<typeof get>[2]][] = [
    ["ftp://user:s3cr3t@hub.example/p.zip?sig=k3yk3y", {}],
    ["http://user:s3cr3t@hub.example:99999/p.zip?sig=k3yk3y", {}],
    ["http://hub.example/p.zip", { headers: { "bad name": "t0k3n" } }],
    ["http://hub.example/p.zip", { headers: { "X-Key": "t0k3n\nX: 1" } }],
    ["http://hub.example/p.zip", { token: "t0k3n\n" }],
    ["http://user:s3cr3t@hub.example/p.zip", { token: "t0k3n" }],
  ];
  let rejected = 0;
  for (const [url, settings] of bad) {
    try {
      const result = await get(url, temp.at("d"), { ...settings, signal: AbortSignal.abort() });
      assert.doesNotMatch(JSON.stringify(result), SECRETS, url);
    } catch (error) {
      rejected++;
      assert(error instanceof DataHubSyncError, String(error));
      assert.doesNotMatch(allOf(error), SECRETS, url);
    }
  }
  assert(rejected >= 4, `${rejected} were refused`);
});
