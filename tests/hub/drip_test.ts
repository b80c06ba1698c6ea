/**
 * Answers that go on for ever, a byte at a time: each byte puts the watchdog off, so something else
 * has to end them where they are no download.
 *
 * @module
 */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { failure, testClient } from "./client_fixture.ts";
import { RawServer, write } from "./raw_server.ts";

/** Answers with a head, and then with one character after the other until nobody reads any more. */
function dripping(head: string): RawServer {
  return new RawServer(async (connection) => {
    await write(connection, `${head}\r\nConnection: close\r\n\r\n`);
    for (;;) {
      await write(connection, " ");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}

Deno.test("HubClient.catalog() gives up on a catalog that never comes to its end", async () => {
  await using server = dripping("HTTP/1.1 200 OK\r\nContent-Type: application/json");
  using client = testClient(server.url, { timeoutMs: 300, retries: 0 });
  const error = await failure(client.catalog());
  assert(error instanceof HubError && error.code === "stalled", String(error));
});

Deno.test("HubClient.catalog() doesn't wait for the end of an error's page", async () => {
  await using server = dripping("HTTP/1.1 500 Broken");
  // With patience enough that only the page's own limit can end it.
  using client = testClient(server.url, { timeoutMs: 60_000, retries: 0 });
  const error = await failure(client.catalog());
  assert(error instanceof HubError && error.code === "http_status", String(error));
  assert.equal(error.status, 500);
  assert.match(error.message, /answered 500/);
});

Deno.test("HubClient.catalog() gives up on a catalog that is larger than any", async () => {
  const blank = " ".repeat(1 << 20);
  await using server = new RawServer(async (connection) => {
    await write(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[");
    for (;;) await write(connection, blank);
  });
  using client = testClient(server.url, { retries: 0 });
  const error = await failure(client.catalog());
  assert(error instanceof HubError && error.code === "not_json", String(error));
  assert.match(error.message, /an answer without an end/);
});
