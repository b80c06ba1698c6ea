/** The client gets the same from every kind of hub. */
import { FaultyHub, type HubKind } from "../support/faulty_hub/hub.ts";
import { serveSite } from "../../src/serve/serve_site.ts";
import { nginxPath, startNginx } from "../support/nginx.ts";
import { ODD_HUBS, startOddHub } from "../support/odd_hub.ts";
import { type Abilities, conformance, NAME, PACKAGE, truthfulness } from "./conformance.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

const kinds: [HubKind, Abilities][] = [
  ["deployed", { ranges: true, multipart: false, etag: false }],
  ["modern", { ranges: true, multipart: true, etag: true }],
  ["no_ranges", { ranges: false, multipart: false, etag: false }],
];

for (const [kind, abilities] of kinds) {
  conformance(`the test hub (${kind})`, abilities, () =>
    new FaultyHub({
      kind,
      datasets: { [NAME]: { version: "2026-11-22T06:02:38.165365", package: PACKAGE } },
    }));
}

// Real nginx; where it isn't installed these are counted as ignored.
const nginx = { ranges: true, multipart: true, etag: true, ignore: nginxPath() === undefined };
conformance("nginx", nginx, async () => {
  const site = await makeSite();
  const server = await startNginx(site.path);
  if (server === undefined) throw new Error("nginx isn't installed");
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
});

for (const [name, kind] of Object.entries(ODD_HUBS)) {
  if (kind.lies) continue;
  truthfulness(
    name,
    () => startOddHub(kind, { name: NAME, version: "2026-11-22", package: PACKAGE }),
  );
}

conformance("serve", { ranges: true, multipart: true, etag: true }, async () => {
  const site = await makeSite();
  const served = serveSite({
    site: await Deno.realPath(site.path),
    hostname: "127.0.0.1",
    port: 0,
  });
  return {
    url: served.url,
    async [Symbol.asyncDispose]() {
      await served.stop(0);
      await site[Symbol.asyncDispose]();
    },
  };
});

/** A folder that servers serve as a hub. */
async function makeSite(): Promise<TempDir> {
  const temp = await tempDir();
  await Deno.mkdir(temp.at("api"));
  await Deno.mkdir(temp.at("package"));
  const catalog = { datasets: [{ name: NAME, last_updated: "2026-11-22", package_ready: true }] };
  await Deno.writeTextFile(temp.at("api/datasets"), JSON.stringify(catalog));
  await Deno.writeFile(temp.at(`package/${NAME}.zip`), PACKAGE);
  return temp;
}
