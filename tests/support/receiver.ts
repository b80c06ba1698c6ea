/**
 * A web service on loopback that keeps what it is sent.
 *
 * @module
 */

/** One request. */
export interface Received {
  url: URL;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** A service that listens until disposed of. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** The titles of the messages so far; they are forgotten with this call. */
  titles(): string[];
}

/** Starts one; `answer` says what it answers, by default that all is well. */
export function startReceiver(
  answer: (url: URL) => Response | Promise<Response> = () => Response.json({ errcode: 0, code: 0 }),
): Receiver {
  const received: Received[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const url = new URL(request.url);
    received.push({ url, body: await request.json() });
    return await answer(url);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    titles: () => received.splice(0).map(({ body }) => body.title),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
