/** What HTTP/2 has of its own: a request, or all of a connection's, that the server ends by a frame. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { classifyFetchError } from "../../src/hub/request/fetch_error.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { failure } from "./client_fixture.ts";
import { untilClosed } from "../support/faulty_hub/response_writer.ts";
import { RawServer, writeAllBytes } from "./raw_server.ts";
import { tempDir } from "../support/temp.ts";

/** One frame of HTTP/2: on stream 1 unless it is about the connection. */
function frame(type: number, stream: number, payload: number[]): Uint8Array {
  return Uint8Array.of(0, 0, payload.length, type, 0, 0, 0, 0, stream, ...payload);
}

/** Whether a client's bytes, after the 24 of its preface, have a HEADERS frame. */
function hasHeaders(bytes: number[]): boolean {
  for (let at = 24; at + 9 <= bytes.length;) {
    if (bytes[at + 3] === 1) return true;
    at += 9 + (bytes[at]! << 16) + (bytes[at + 1]! << 8) + bytes[at + 2]!;
  }
  return false;
}

Deno.test(
  "classifyFetchError() says of HTTP/2 that ends a request that the server was reached",
  { ignore: !hasOpenssl() },
  async () => {
    const { ca, right } = await makeCertificates();
    await using temp = await tempDir();
    const caFile = temp.at("ca.pem");
    await Deno.writeTextFile(caFile, ca);
    const ends: Record<string, Uint8Array> = {
      "RST_STREAM, too many requests": frame(3, 1, [0, 0, 0, 11]),
      "RST_STREAM, HTTP/1.1 required": frame(3, 1, [0, 0, 0, 13]),
      "GOAWAY, an error of the server's": frame(7, 0, [0, 0, 0, 0, 0, 0, 0, 2]),
    };
    for (const [end, bytes] of Object.entries(ends)) {
      const offer = { ...right, alpnProtocols: ["h2"] };
      await using server = new RawServer(async (connection, _head, _index, first) => {
        await writeAllBytes(connection, frame(4, 0, []));
        const came = [...first];
        const buffer = new Uint8Array(65536);
        for (let count: number | null = 0; count !== null && !hasHeaders(came);) {
          count = await connection.read(buffer);
          came.push(...buffer.subarray(0, count ?? 0));
        }
        await writeAllBytes(connection, bytes);
        await untilClosed(connection);
      }, offer);
      using owned = createFetch({ caFile, direct: true });
      const url = `${server.url}/x`;
      const error = classifyFetchError(await failure(owned.fetch(url)), url);
      assert(error instanceof HubError && error.code === "unreachable", end);
      assert.match(error.message, /the server ended the request without an answer: /, end);
      assert.match(error.hint ?? "", /^ask those who run the hub, .*HTTP\/2$/, end);
      assert.equal(isRetriable(error), true, end);
    }
  },
);
