/** Datasets with addresses of their own: what a configuration may say of one, and what it may not. */
import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/load_config.ts";
import { ConfigError } from "../../src/errors.ts";

Deno.test("parseConfig() takes datasets with addresses of their own, and then needs no hub", () => {
  const text = `datasets:
  - name: facts
    url: [https://me:p%40ss@a.example/facts.zip?key=1, https://me:p%40ss@b.example/f.zip]
    headers: { User-Agent: "example.org research@example.org" }
    ca_file: ./ca.pem
    timeout: 20
    connections: 2
    local_dir: ./facts
`;
  const config = parseConfig(text, { path: "/srv/config.yaml" });
  assert.deepEqual(config.hub.urls, []);
  assert.deepEqual(config.datasets[0]?.source, {
    urls: ["https://a.example/facts.zip?key=1", "https://b.example/f.zip"],
    headers: {
      "User-Agent": "example.org research@example.org",
      Authorization: `Basic ${btoa("me:p@ss")}`,
    },
    caFile: "/srv/ca.pem",
    timeout: 20,
    connections: 2,
  });
});

for (
  const [wrong, message] of [
    ["url: file:///data/a.zip", /`datasets\[1\]\.url`: .*a file on this machine is no source/],
    ["url: a.example/a.zip", /`datasets\[1\]\.url`: .*begins with http.*mean `http:\/\/a.example/],
    ["url: https://a.example/a.zip#x", /`datasets\[1\]\.url`: expected an address without `#`/],
    ["url: []", /`datasets\[1\]\.url`: expected the address of a ZIP/],
    ["url: [http://a.example/a, http://a.example/a]", /each address once/],
    ["url: http://u:p@a.example/a\n    token: t", /one way to log in.*`datasets\[1\]\.url`/],
    ["url: http://a.example/a\n    headers: { If-None-Match: x }", /doesn't set itself/],
  ] as const
) {
  Deno.test(`parseConfig() says what is wrong with ${JSON.stringify(wrong)}`, () => {
    const text = `datasets:\n  - name: a\n    local_dir: ./a\n    ${wrong}\n`;
    assert.throws(() => parseConfig(text, { path: "/srv/config.yaml" }), (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, message);
      assert.equal(error.problems.length, 1, error.message);
      return true;
    });
  });
}

Deno.test("parseConfig() wants a url beside a dataset's token, and a hub for a dataset without one", () => {
  const text = "datasets:\n  - name: a\n    local_dir: ./a\n    token: t\n" +
    "  - name: b\n    local_dir: ./b\n    url: http://b.example/b.zip\n";
  assert.throws(() => parseConfig(text, { path: "/srv/config.yaml" }), (error) => {
    assert(error instanceof ConfigError);
    assert.match(error.message, /`datasets\[1\]\.token`: expected `url` beside it.*`hub\.token`/);
    assert.match(error.message, /`hub` is missing/);
    return true;
  });
});
