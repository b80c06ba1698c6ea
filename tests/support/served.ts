/**
 * A packed folder behind `serve`, in the test's own process.
 *
 * @module
 */
import { join } from "node:path";
import { type RequestLine, type ServeOptions, serveSite } from "../../src/serve/serve_site.ts";
import { packTree } from "./pack.ts";
import { type TempDir, tempDir } from "./temp.ts";
import { writeTree } from "./tree.ts";

/** A served site with one dataset, `daily`. */
export interface Served extends AsyncDisposable {
  url: string;
  site: string;
  requests: RequestLine[];
  /** The newest package's bytes. */
  bytes: Uint8Array;
  temp: TempDir;
}

/** Serves some MB that don't compress. */
export async function serve(
  options: Partial<ServeOptions> = {},
  size = 2_000_000,
): Promise<Served> {
  const temp = await tempDir();
  const noise = crypto.getRandomValues(new Uint8Array(60_000));
  const files = Array.from(
    { length: Math.ceil(size / 60_000) },
    (_, index) => [`${index}.bin`, noise.slice().fill(index, 0, 4)] as [string, Uint8Array],
  );
  await writeTree(temp.at("data"), files);
  await packTree({ folder: temp.at("data"), output: temp.at("site"), name: "daily" });
  const site = await Deno.realPath(temp.at("site"));
  const requests: RequestLine[] = [];
  const onRequest = (line: RequestLine) => void requests.push(line);
  const served = serveSite({ site, hostname: "127.0.0.1", port: 0, onRequest, ...options });
  return {
    url: served.url,
    site,
    requests,
    bytes: await Deno.readFile(join(site, "package", "daily.zip")),
    temp,
    async [Symbol.asyncDispose]() {
      await served.stop(100);
      await temp[Symbol.asyncDispose]();
    },
  };
}
