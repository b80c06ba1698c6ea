/**
 * A program of its own, since variables belong to a whole process and test files run beside each other
 * in one. Reads `[url, variables][]` as JSON from its argument; for each form it sets these variables
 * and no other that names a proxy, asks for the URL with the product's `fetch`, and prints whether the
 * proxy was asked, as a JSON array. `PORT` in a variable is the proxy's port.
 *
 * @module
 */
import { proxyFor } from "../../src/hub/route/proxy.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { RawServer } from "./raw_server.ts";

const NAMES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const VARIABLES = [...NAMES, "no_proxy", "NO_PROXY", "REQUEST_METHOD"];
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** What `proxyFor()` says, and what `fetch` did. */
export interface Taken {
  said: boolean;
  done: boolean;
}

async function take(url: string, form: Record<string, string>): Promise<Taken> {
  await using proxy = new RawServer(OK);
  const { port } = new URL(proxy.url);
  const variables = Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, value.replace("PORT", port)]),
  );
  for (const name of VARIABLES) Deno.env.delete(name);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  using owned = createFetch({ idleConnections: 0 });
  await owned.fetch(url).then((answer) => answer.body?.cancel(), () => {});
  const said = proxyFor(url, (name) => variables[name])?.port === Number(port);
  return { said, done: proxy.heads.length > 0 };
}

if (import.meta.main) {
  const forms: [string, Record<string, string>][] = JSON.parse(Deno.args[0]!);
  const taken: Taken[] = [];
  for (const [url, form] of forms) taken.push(await take(url, form));
  console.log(JSON.stringify(taken));
}
