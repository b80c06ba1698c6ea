/** Redirects that a token isn't sent along, and such that want a browser. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { tempDir } from "../support/temp.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { failure, testClient } from "./client_fixture.ts";
import { RawServer, write, writeAllBytes } from "./raw_server.ts";

const refusal = (status: string) =>
  `HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;

/** A server that sends everybody to the same path there. */
const leadingTo = (url: () => string, more = "") =>
  new RawServer((connection, head) =>
    write(
      connection,
      `HTTP/1.1 301 Moved\r\nLocation: ${url()}${head.split(" ")[1]}\r\n${more}` +
        "Content-Length: 0\r\nConnection: close\r\n\r\n",
    )
  );

Deno.test({
  name: "a hub that sends http to https says which hub.url takes the token",
  ignore: !hasOpenssl(),
  async fn() {
    const { ca, right } = await makeCertificates();
    await using temp = await tempDir();
    await Deno.writeTextFile(temp.at("ca.pem"), ca);
    for (const status of ["401 Unauthorized", "403 Forbidden"]) {
      await using secure = new RawServer(refusal(status), right);
      const address = secure.url.replace("localhost", "127.0.0.1");
      await using plain = leadingTo(() => address);
      using owned = createFetch({ caFile: temp.at("ca.pem"), direct: true, idleConnections: 0 });
      using client = testClient(`${plain.url}/root`, { fetch: owned.fetch, token: "s3cret" });
      for (
        const asked of [
          client.catalog(),
          client.package({ name: "a" }).fetch({
            ranges: "all",
            allowFull: true,
          }, { head() {}, bytes() {} }),
        ]
      ) {
        const error = await failure(asked);
        assert(error instanceof HubError && !isRetriable(error));
        assert.match(error.message, /^http:\S+ leads to https:\S+ answered 40[13]/);
        assert.match(error.hint!, new RegExp(`set hub\\.url to ${address}/`));
        assert(secure.heads.every((head) => !/authorization/i.test(head)));
      }
    }
  },
});

Deno.test("a hub that moved to another host says it where it wants a token", async () => {
  await using other = new RawServer(refusal("401 Unauthorized"));
  await using hub = leadingTo(() => other.url.replace("127.0.0.1", "localhost"));
  using client = testClient(hub.url, { headers: { "x-key": "k" } });
  const error = await failure(client.catalog()) as HubError;
  assert.match(
    error.hint!,
    /aren't sent to another address: set hub\.url to http:\/\/localhost:\d+$/,
  );
  using without = testClient(hub.url);
  assert.match((await failure(without.catalog()) as HubError).hint!, /hub\.token/);
});

Deno.test("a redirect that looks for its cookie differs from other circles", async () => {
  let url = "";
  await using bounce = leadingTo(() => url, "Set-Cookie: seen=1\r\n");
  await using circle = leadingTo(() => url);
  for (const [server, hint] of [[bounce, /cookie/], [circle, /where the file is now/]] as const) {
    url = server.url;
    using client = testClient(url);
    const error = await failure(client.catalog()) as HubError;
    assert.equal(error.code, "redirect");
    assert.match(error.hint ?? "", hint);
  }
});

Deno.test("a redirect whose address has letters beyond ASCII leads to the bytes that were sent", async () => {
  const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
  for (
    const [location, path] of [
      [bytes("/数据 1.zip"), "/%E6%95%B0%E6%8D%AE%201.zip"],
      [bytes("b/../é?名=值"), "/api/%C3%A9?%E5%90%8D=%E5%80%BC"],
      ["/\xca\xfd.zip", "/%CA%FD.zip"], // GBK
      ["/%E6%95%B0.zip", "/%E6%95%B0.zip"],
    ] as const
  ) {
    await using server = new RawServer((connection, _head, index) => {
      const head = index === 0 ? `302 Found\r\nLocation: ${location}` : "200 OK";
      const rest = "Content-Length: 2\r\nConnection: close\r\n\r\n[]";
      return writeAllBytes(connection, latin1(`HTTP/1.1 ${head}\r\n${rest}`));
    });
    using client = testClient(server.url);
    await client.catalog();
    assert.equal(server.heads[1]?.split(" ")[1], path);
  }
});
