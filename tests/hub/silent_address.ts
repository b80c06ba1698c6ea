/**
 * Asks a URL twice with the product's `fetch` and prints the texts that came, as a JSON array, or why
 * nothing did: a program of its own, since a process can't change its hosts file. The words are the
 * URL and, if there is one, the file of authorities.
 *
 * @module
 */
import { createFetch } from "../../src/hub/tls/tls.ts";

if (import.meta.main) {
  const [url = "", caFile] = Deno.args;
  using owned = createFetch(caFile === undefined ? {} : { caFile });
  const texts = [];
  // The kernel gives a silent address up after 127 s.
  const signal = AbortSignal.timeout(60_000);
  try {
    for (let count = 0; count < 2; count++) {
      texts.push(await (await owned.fetch(url, { signal })).text());
    }
  } catch (error) {
    texts.push((error as Error).message);
  }
  console.log(JSON.stringify(texts));
}
