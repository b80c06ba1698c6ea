/**
 * Reads HTTP/1 requests without bodies from a connection, one after another.
 *
 * Guarantees: what follows a request is kept for the next one; a head of more than 32 KB or one
 * that can't be read is told apart from a closed connection. Bodies aren't read: a hub has none.
 *
 * @module
 */

/** One request. */
export interface HubRequest {
  method: string;
  /** The target as sent: path and query. */
  target: string;
  /** The target without its query, still percent-encoded. */
  path: string;
  httpVersion: string;
  /** Lower-case names. */
  headers: Map<string, string>;
}

/** The next thing on a connection: a request, nonsense, or its end. */
export type NextRequest = HubRequest | "malformed" | "closed";

const MAX_HEAD = 32 * 1024;

/** Reads the requests of one connection. */
export class RequestReader {
  readonly #connection: Deno.Conn;
  #rest = "";

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Waits for the next request; a broken connection counts as closed. */
  async next(): Promise<NextRequest> {
    const buffer = new Uint8Array(8192);
    for (;;) {
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 4);
        return parseRequest(head) ?? "malformed";
      }
      if (this.#rest.length > MAX_HEAD) return "malformed";
      const read = await this.#connection.read(buffer).catch(() => null);
      if (read === null) return "closed";
      for (const byte of buffer.subarray(0, read)) this.#rest += String.fromCharCode(byte);
    }
  }
}

/** Reads a request's head, without its empty line; `undefined` = not HTTP/1. */
function parseRequest(head: string): HubRequest | undefined {
  const [line = "", ...fields] = head.split("\r\n");
  const [, method, target, httpVersion] = /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(line) ?? [];
  if (method === undefined || target === undefined || httpVersion === undefined) return undefined;
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(":");
    if (colon <= 0) return undefined;
    headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
  }
  return { method, target, path: target.split("?", 1)[0]!, httpVersion, headers };
}
