/** Who is blamed for an error that came by way of a proxy, and for one about a signed link. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { classifyFetchError } from "../../src/hub/request/fetch_error.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { proxyFor } from "../../src/hub/route/proxy.ts";
import { UrlSource } from "../../src/hub/url_source.ts";
import { testClient } from "./client_fixture.ts";

const PROXY = "http://proxy.example:3128";
const through = (address: string) => (url: URL) =>
  proxyFor(url.href, (name) => /^(http_proxy|https_proxy)$/.test(name) ? address : undefined);

interface Came {
  status: number;
  headers?: Record<string, string>;
  url?: string;
  proxy?: string;
}

/** The hint for an answer to the request for the catalog. */
async function hintFor({ status, headers = {}, url = "http://hub", proxy = PROXY }: Came) {
  using client = testClient(url, {
    fetch: () => Promise.resolve(new Response("Denied", { status, headers })),
    proxyOf: through(proxy),
    retries: 0,
  });
  const error = await client.catalog().then(() => undefined, (error: unknown) => error);
  assert(error instanceof HubError);
  return error.hint ?? "";
}

Deno.test("an answer of the proxy's own is said to be the proxy's", async () => {
  const owns = [
    { "server": "tinyproxy/1.11.1" },
    { "x-squid-error": "ERR_ACCESS_DENIED 0" },
    { "server": "McAfee Web Gateway" },
  ];
  for (const headers of owns) {
    for (const status of [400, 401, 403, 404, 500, 502, 503, 504]) {
      const hint = await hintFor({ status, headers });
      assert.match(
        hint,
        /^the proxy http:\/\/proxy\.example:3128 \(http_proxy\) answered this, not/,
      );
      assert.match(hint, /check hub\.url, .* put hub into no_proxy$/);
    }
  }
});

Deno.test("a hint that names the exceptions says which of them was meant for the hub", async () => {
  const env = { http_proxy: PROXY, NO_PROXY: "intranet,hub:8000" } as Record<string, string>;
  using client = testClient("http://hub:8000", {
    fetch: () => Promise.resolve(new Response("Denied", { status: 403 })),
    proxyOf: (url) => proxyFor(url.href, (name) => env[name]),
    retries: 0,
  });
  const error = await client.catalog().catch((error: unknown) => error);
  assert(error instanceof HubError);
  assert.match(error.hint ?? "", / put hub into NO_PROXY, where "hub:8000" excepts nothing$/);
});

Deno.test("an answer that may be the proxy's has both remedies", async () => {
  const hint = await hintFor({ status: 403, headers: { server: "nginx" } });
  assert.match(
    hint,
    /^check hub\.token and hub\.headers; if the proxy http:\/\/proxy\.example:3128/,
  );
  assert.match(hint, /put hub into no_proxy$/);
  assert.match(await hintFor({ status: 407 }), /^the proxy wants a password: check http_proxy$/);
});

Deno.test("a proxy isn't blamed for what only the hub can have answered", async () => {
  const own = { server: "squid/5.7" };
  for (
    const came of [
      { status: 403, headers: own, url: "https://hub" },
      { status: 403, headers: own, proxy: "" },
      { status: 403, headers: own, proxy: "socks5h://proxy.example:1080" },
      { status: 404 },
    ]
  ) assert.doesNotMatch(await hintFor(came), /the proxy/);
});

Deno.test("classifyFetchError() blames the proxy that it doesn't get through", () => {
  const hintOf = (detail: string, url: string, proxy: string): string => {
    const error = classifyFetchError(
      new TypeError(`client error (Connect): ${detail}`),
      url,
      "hub",
      through(proxy)(new URL(url)),
    );
    return (error as HubError).hint ?? "";
  };
  const away = "tcp connect error: Connection refused (os error 111)";
  const unknown = "dns error: failed to lookup";
  const socks = "socks5://proxy.example:1080";
  const blamed: [detail: string, url: string, proxy: string, hint: RegExp][] = [
    [
      "unsuccessful tunnel",
      "https://hub/x",
      PROXY,
      /^the proxy http:\/\/proxy\.example:3128 \(https_proxy\) makes no connection to hub:443: /,
    ],
    ["unsuccessful tunnel", "https://[::1]:8443/", PROXY, / to ::1:8443: .*put ::1 into no_proxy$/],
    ["unexpected eof while tunneling", "https://hub/", PROXY, /makes no connection to hub:443: /],
    ["General SOCKS server failure", "http://hub/", socks, /makes no connection to hub:80: /],
    ["Connection not allowed by ruleset", "http://hub/", socks, /makes no connection to hub:80: /],
    ["Host unreachable", "http://hub/", socks, /makes no connection to hub:80: /],
    ["Network unreachable", "http://hub/", socks, /makes no connection to hub:80: /],
    ["Connection refused", "http://hub/", socks, /makes no connection to hub:80: /],
    ["Proxy server unreachable", "http://hub/", socks, /^this is about the proxy socks5:/],
    ["early eof: early eof", "http://hub/", socks, /^this is about the proxy socks5:/],
    ["Invalid response version", "http://hub/", socks, /^this is about the proxy socks5:/],
    [away, "https://hub/", PROXY, /^this is about the proxy .*check https_proxy, and whether/],
    [unknown, "http://hub/", PROXY, /^this is about the proxy .*check http_proxy, and whether/],
    [away, "http://hub/", socks, /^this is about the proxy socks5:/],
    // SOCKS without `h` looks the hub's name up here.
    [unknown, "http://hub/", socks, /^the name of the host, or of a proxy/],
    [unknown, "http://hub/", "socks5h://proxy.example:1080", /^this is about the proxy socks5h:/],
    ["No acceptable auth methods", "http://hub/", socks, /wants a password: check http_proxy$/],
    ["Password auth failure, code: 2", "http://hub/", socks, /wants a password: check http_proxy$/],
    [away, "http://hub/", "", /^check hub\.url, the network/],
  ];
  for (const [detail, url, proxy, hint] of blamed) assert.match(hintOf(detail, url, proxy), hint);
});

Deno.test("a proxy that wants another login isn't asked again", () => {
  const retried = (detail: string) =>
    isRetriable(
      classifyFetchError(new TypeError(`client error (Connect): ${detail}`), "http://h/"),
    );
  for (
    const detail of [
      "proxy authentication required",
      "No acceptable auth methods",
      "Password auth failure, code: 1",
    ]
  ) assert(!retried(detail), detail);
  assert(retried("unsuccessful tunnel"), "it may be a 503 of the proxy's");
});

Deno.test("classifyFetchError() says of a server that speaks first that it speaks no HTTP", () => {
  const error = classifyFetchError(
    new TypeError("client error (SendRequest): received unexpected message from connection"),
    "http://h/",
  );
  assert.match(error.message, /can't be read as HTTP/);
});

Deno.test("a store that refuses a signed link, or a key that isn't there, has the remedy for it", async () => {
  const hintAt = async (fileUrl: string, status: number, page = "Denied"): Promise<string> => {
    using source = new UrlSource({
      name: "a",
      fileUrl,
      fetch: () => Promise.resolve(new Response(page, { status })),
      clock: Date.now,
      random: () => 0,
      sleep: () => Promise.resolve(),
      timeoutMs: 20_000,
      timezone: "Asia/Shanghai",
      retries: 0,
      userAgent: "DataHubSync/test",
    });
    const error = await source.catalog().then(() => undefined, (error: unknown) => error);
    assert(error instanceof HubError);
    return error.hint ?? "";
  };
  for (const query of ["X-Amz-Signature=a", "x-goog-signature=a", "se=1&sig=a", "Signature=a"]) {
    for (const status of [400, 401, 403]) {
      const hint = await hintAt(`http://store/a.zip?${query}`, status);
      assert.equal(
        hint,
        "this signed link may have expired: use a new one as datasets[].url",
      );
    }
  }
  assert.match(await hintAt("http://store/a.zip?sig=a", 404), /nothing is there/);
  assert.match(await hintAt("http://store/a.zip?signal=a", 403), /^check datasets\[\]\.token/);
  const denied =
    "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>No</Message></Error>";
  assert.match(
    await hintAt("http://store/no-such-key.zip", 403, denied),
    /^check datasets\[\]\.token and .*, and datasets\[\]\.url: stores such as S3 deny access/,
  );
});
