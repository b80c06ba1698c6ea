/**
 * The binary behind real forward proxies that refuse it: each remedy is typed, and helps.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RawServer } from "../hub/raw_server.ts";
import { configFor, workplace } from "../support/binary.ts";
import { startForwardProxy } from "../support/forward_proxy.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { assertSameTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const ALL = "http_access allow all";

interface Refusal {
  kind: "tinyproxy" | "squid" | "microsocks";
  lines: string[];
  /** The variable, with `AT` for the proxy's address. */
  env: Record<string, string>;
  says: RegExp;
  hint: RegExp;
  /** The variables that the hint asks for; default: the hub's host is excepted. */
  typed?: Record<string, string>;
  /** The hub's port, where it isn't the real one: nothing is there. */
  port?: number;
}

const own = /^hint: the proxy http:\/\/127\.[\d.]+:3128 \(http_proxy\) answered this, not 127/m;
const password = (variable: string) =>
  new RegExp(`^hint: the proxy wants .*check ${variable}$`, "m");

const REFUSALS: Record<string, Refusal> = {
  "tinyproxy's filter": {
    kind: "tinyproxy",
    lines: ["Allow 10.0.0.1"],
    env: { http_proxy: "http://AT" },
    says: /answered 403: 403 Access denied$/m,
    hint: own,
  },
  "tinyproxy without a password": {
    kind: "tinyproxy",
    lines: ["BasicAuth joe secret"],
    env: { http_proxy: "http://AT" },
    says: /answered 407: 407 Proxy Authentication Required$/m,
    hint: password("http_proxy"),
    typed: { http_proxy: "http://joe:secret@AT" },
  },
  "squid's rules": {
    kind: "squid",
    lines: ["http_access deny all"],
    env: { http_proxy: "http://AT" },
    says: /answered 403: ERROR: The requested URL could not be retrieved: ERR_ACCESS_DENIED 0$/m,
    hint: own,
  },
  "squid that doesn't reach the hub": {
    kind: "squid",
    lines: [ALL],
    env: { http_proxy: "http://AT" },
    says: /answered 503: ERROR: .*: ERR_CONNECT_FAIL 111$/m,
    hint: own,
    port: 1,
  },
  "squid that lets no https through": {
    kind: "squid",
    lines: ["http_access deny CONNECT", ALL],
    env: { https_proxy: "http://AT" },
    says: /can't be reached: unsuccessful tunnel$/m,
    hint: /^hint: the proxy http:\S+ \(https_proxy\) makes no connection to 127\.0\.0\.1:1: /m,
    port: 1,
  },
  "microsocks without a password": {
    kind: "microsocks",
    lines: ["-u", "joe", "-P", "secret"],
    env: { all_proxy: "socks5h://AT" },
    says: /can't be reached: No acceptable auth methods$/m,
    hint: password("all_proxy"),
    typed: { all_proxy: "socks5h://joe:secret@AT" },
  },
};

for (const [name, refusal] of Object.entries(REFUSALS)) {
  Deno.test({
    name: `sync says who refused and what helps: ${name}`,
    ignore: !installed(refusal.kind),
    fn: () => meet(refusal),
  });
}

Deno.test("check blames the proxy that makes no connection, not the hub", async () => {
  for (const answer of ["HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ""]) {
    await using proxy = new RawServer(answer);
    await using place = await workplace(configFor("https://127.0.0.1:1", [NAME]), {
      env: { https_proxy: proxy.url },
    });
    const { stdout } = await place.run("check");
    assert.match(
      stdout,
      /→ the proxy http:\S+ \(https_proxy\) makes no connection to 127\.0\.0\.1:1: /,
    );
    assert.doesNotMatch(stdout, /restart the hub/);
  }
});

async function meet({ kind, lines, env, says, hint, typed, port }: Refusal): Promise<void> {
  await using hub = startHub({ kind: "modern" });
  await using proxy = await startForwardProxy(kind, lines);
  const filled = (variables: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, value.replace("AT", proxy.address)]),
    );
  const scheme = "https_proxy" in env ? "https" : "http";
  const url = port === undefined ? hub.url : `${scheme}://127.0.0.1:${port}`;
  const yaml = configFor(url, [NAME], { hub: ["retries: 0"] });
  await using place = await workplace(yaml, { env: filled(env) });
  const refused = await place.run("sync");
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, says);
  assert.match(refused.stderr, hint);
  if (port !== undefined) return;
  const remedy = typed ?? { ...env, no_proxy: "127.0.0.1" };
  await using again = await workplace(yaml, { env: filled(remedy) });
  const ended = await again.run("sync");
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  assertSameTree(await again.tree(NAME), hub.tree());
}
