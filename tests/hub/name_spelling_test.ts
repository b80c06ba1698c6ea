/** Names with letters that a path may hold as they are, on servers that decode a path each in its own way. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { failure, RecordingSink, testClient } from "./client_fixture.ts";

const CONTENT = "PK\x05\x06" + "\0".repeat(18);

/** How servers read a path. */
const READS: Record<string, (path: string) => string> = {
  "decodes nothing": (path) => path,
  "decodes": decodeURIComponent,
  "decodes, and takes + for a blank": (path) => decodeURIComponent(path.replaceAll("+", "%20")),
};

/** A hub with the package of one name; `asked` are the paths as they came. */
function hubWith(name: string, read: (path: string) => string) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const path = request.url.replace(/^http:\/\/[^/]+/, "");
    asked.push(path);
    return read(path) === `/package/${name}.zip`
      ? new Response(new TextEncoder().encode(CONTENT))
      : new Response("", { status: 404 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

const ALL = { ranges: "all", allowFull: true } as const;

for (const [how, read] of Object.entries(READS)) {
  for (
    const name of ["a+b", "a$b", "a&b", "a,b", "a:b", "a;b", "a=b", "a@b", "a!b~(c)*'d'", "ab"]
  ) {
    Deno.test(`a server that ${how} hands out ${name}`, async () => {
      await using hub = hubWith(name, read);
      using client = testClient(hub.url);
      const remote = client.package({ name });
      for (const _ of [1, 2]) {
        const sink = new RecordingSink();
        await remote.fetch(ALL, sink);
        assert.equal(sink.text, `0:${CONTENT}`);
      }
      // Once it is known how it reads a path, there is one request each.
      const spelled = read("%2B") === "+" || encodeURIComponent(name) === name;
      assert.equal(hub.asked.length, spelled ? 2 : 3, hub.asked.join(" "));
    });
  }
}

Deno.test("a package that is under neither spelling is asked for by both, and named by the first", async () => {
  await using hub = hubWith("other", decodeURIComponent);
  using client = testClient(hub.url);
  const error = await failure(client.package({ name: "a+b" }).fetch(ALL, new RecordingSink()));
  assert(error instanceof HubError && error.code === "not_found");
  assert.match(String(error.evidence.url), /a%2Bb\.zip$/);
  assert.deepEqual(hub.asked, ["/package/a%2Bb.zip", "/package/a+b.zip"]);
});

Deno.test("an address that the catalog announces is asked for as it is", async () => {
  await using hub = hubWith("a+b", (path) => path);
  using client = testClient(hub.url);
  const listed = { name: "a+b", packageUrl: "package/a%2Bb.zip" } as never;
  await failure(client.package(listed).fetch(ALL, new RecordingSink()));
  assert.deepEqual(hub.asked, ["/package/a%2Bb.zip"]);
});
