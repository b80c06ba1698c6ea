/** Which proxy is taken: every form is held against what Deno's `fetch` does with it. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { networkHolds, oddExceptions, oddProxies } from "../../src/hub/route/proxy.ts";
import { run } from "../support/command.ts";
import type { Taken } from "./proxy_forms.ts";

const P = "http://127.0.0.1:PORT";
/** Nobody listens there; what is asked through it fails. */
const NOWHERE = "http://127.0.0.1:1";
const IP = "http://127.0.0.1:9/";
const NAME = "http://www.example.invalid/";

const FORMS: [url: string, variables: Record<string, string>][] = [
  ...[
    "*",
    "127.0.0.1",
    "127.0.0.0/8",
    "127.0.0.5/8",
    "127.0.0.0/33",
    "10.0.0.0/8",
    ".0.0.1",
    "0.0.1",
    "127.*",
    "127.0.0.1:9",
    "localhost",
    " 127.0.0.1 , x",
    "127.0.0.1 x",
    "",
    "::/0",
  ]
    .map((no_proxy): [string, Record<string, string>] => [IP, { http_proxy: P, no_proxy }]),
  ...[
    "*",
    "x,*",
    "example.invalid",
    ".example.invalid",
    "*.example.invalid",
    "www.EXAMPLE.invalid",
    "ample.invalid",
    "example.invalid.",
    "invalid",
    " example.invalid ",
    "www.example.invalid:80",
    "10.0.0.0/8",
    "www.example.invalid",
  ]
    .map((no_proxy): [string, Record<string, string>] => [NAME, { http_proxy: P, no_proxy }]),
  ...["::1", "[::1]", "0:0:0:0:0:0:0:1", "::/0", "fe80::/10", ""]
    .map((no_proxy): [string, Record<string, string>] => [
      "http://[::1]:9/",
      { http_proxy: P, no_proxy },
    ]),
  [IP, { HTTP_PROXY: P }],
  [IP, { all_proxy: P }],
  [IP, { ALL_PROXY: P, all_proxy: NOWHERE }],
  [IP, { ALL_PROXY: P, http_proxy: NOWHERE }],
  [IP, { HTTP_PROXY: P, http_proxy: NOWHERE }],
  [IP, { HTTP_PROXY: "", http_proxy: P }],
  [IP, { https_proxy: P }],
  [IP, { http_proxy: P, REQUEST_METHOD: "GET" }],
  [IP, { http_proxy: P, NO_PROXY: "", no_proxy: "127.0.0.1" }],
  [IP, { http_proxy: P, NO_PROXY: "x", no_proxy: "127.0.0.1" }],
  [IP, { http_proxy: P, NO_PROXY: "127.0.0.1", no_proxy: "x" }],
  ...[
    "127.0.0.1:PORT",
    "HTTP://127.0.0.1:PORT",
    "http://127.0.0.1:PORT/a?b",
    " http://127.0.0.1:PORT",
    "//127.0.0.1:PORT",
    "ftp://127.0.0.1:PORT",
    "http://u:p@127.0.0.1:PORT",
    "u:p@127.0.0.1:PORT",
    "http://u:p%23@127.0.0.1:PORT",
    "http://u@127.0.0.1:PORT",
    "http://u:p@x@127.0.0.1:PORT",
    "http://u@d:p@127.0.0.1:PORT",
    "http://u:@127.0.0.1:PORT",
  ]
    .map((http_proxy): [string, Record<string, string>] => [IP, { http_proxy }]),
  [IP, { http_proxy: "ftp://x", all_proxy: P }],
];

Deno.test("proxyFor() says of every form what Deno's fetch does", async () => {
  const program = fileURLToPath(new URL("./proxy_forms.ts", import.meta.url));
  const flags = ["run", "--quiet", "--no-check", "--allow-all"];
  const taken: Taken[] = JSON.parse(
    await run(Deno.execPath(), [...flags, program, JSON.stringify(FORMS)]),
  );
  assert.equal(taken.length, FORMS.length);
  taken.forEach(({ said, done }, index) => assert.equal(said, done, JSON.stringify(FORMS[index])));
  assert(taken.some(({ done }) => done) && taken.some(({ done }) => !done));
});

Deno.test("oddProxies() says which variable isn't what it was meant to be, and never its password", () => {
  const odd = (http_proxy: string) =>
    oddProxies(IP, (name) => name === "http_proxy" ? http_proxy : undefined);
  for (const login of ["u:s3c#ret", "u:s3c@ret", "u:s3c/ret", "u:s3c?ret", "u@d:s3cret"]) {
    const found = odd(`http://${login}@proxy:3128`);
    assert.match(found[0]!.what, /# \/ \? or @/, login);
    assert(!JSON.stringify(found).includes("s3c"));
  }
  for (const value of ["ftp://proxy", " http://proxy", "http://u@proxy"]) {
    assert.match(odd(value)[0]!.what, /no address of a proxy/, value);
  }
  for (const value of ["", "proxy:3128", "http://u:p%23%40@proxy", "socks5://proxy"]) {
    assert.deepEqual(odd(value), [], value);
  }
});

Deno.test("oddExceptions() finds what is meant for a host in a form that excepts nothing", () => {
  const odd = (url: string, no_proxy: string) =>
    oddExceptions(url, (name) => name === "no_proxy" ? no_proxy : undefined);
  const meant: [url: string, item: string][] = [
    ["http://hub.example:8000/", "hub.example:8000"],
    ["http://hub.example:8000/", "hub.example:80"],
    ["http://hub.example/", "*.example"],
    ["http://hub.example/", "http://hub.example"],
    ["http://hub.example/", "http://hub.example:80/"],
    ["http://hub.example/", "HUB.example"],
    ["http://hub.example/", "hub.example."],
    ["http://hub.example./", "hub.example"],
    ["http://10.0.0.1:8000/", "10.0.0.1:8000"],
    ["http://[::1]:8000/", "[::1]:8000"],
    ["http://[::1]:8000/", "[::1]"],
    ["http://数据.example/", "数据.example"],
  ];
  for (const [url, item] of meant) {
    assert.deepEqual(odd(url, `other, ${item},10.9.0.0/16`), [item], item);
  }
  assert.deepEqual(odd("http://b.example", "a.example b.example"), ["a.example b.example"]);
  assert.deepEqual(odd("http://b.example", "a.example;b.example"), ["a.example;b.example"]);
  for (const list of ["", "other:80", "127.*", "10.0.0.0/8", "[", "ample", "*"]) {
    assert.deepEqual(odd("http://hub.example/", list), [], list);
  }
  // What isn't asked through a proxy is excepted, whatever else the list has.
  assert.deepEqual(odd("http://hub.example/", "hub.example"), []);
});

Deno.test("networkHolds() knows addresses and networks, and nothing else", () => {
  const held: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["1.2.3.4/32", "1.2.3.5", false],
    ["fe80::/10", "febf::1", true],
    ["fe80::/10", "fec0::1", false],
    ["::1", "0:0:0:0:0:0:0:1", true],
    ["::/0", "1.2.3.4", false],
    ["10.0.0.0/x", "10.0.0.0", false],
    ["10.0.0.0/8/8", "10.0.0.0", false],
    ["example", "example", false],
  ];
  for (const [network, address, holds] of held) {
    assert.equal(networkHolds(network, address), holds, `${network} ${address}`);
  }
});
