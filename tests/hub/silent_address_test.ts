/**
 * A host one of whose addresses is silent is reached by another, without waiting until the kernel
 * gives the first one up; and where nothing is silent, nothing is asked twice.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { besideSilent } from "../../src/hub/route/addresses.ts";
import type { Connect } from "../../src/hub/route/connect_any.ts";
import { Relay } from "../../src/hub/route/relay.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { run } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { runProgram, writeConfig } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { canNameHosts, TwoAddresses } from "../support/two_addresses.ts";
import { pause } from "../support/until.ts";
import { RawServer, write } from "./raw_server.ts";

const PROGRAM = fileURLToPath(new URL("./silent_address.ts", import.meta.url));
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** The heads of the requests; a connection that only sees whether it is made has none. */
function requestsTo({ heads }: RawServer): string[] {
  return heads.filter((head) => head !== "");
}

/** What the product's `fetch` gets where `localhost` has two addresses. */
async function asked(
  { under, port }: TwoAddresses,
  { caFile, env = {}, url }: { caFile?: string; env?: Record<string, string>; url?: string } = {},
): Promise<string[]> {
  const own = `http${caFile === undefined ? "" : "s"}://localhost:${port}/x`;
  const flags = ["run", "--quiet", "--no-check", "--allow-all"];
  const [program, ...words] = [...under, Deno.execPath(), ...flags, PROGRAM, url ?? own];
  const last = caFile === undefined ? [] : [caFile];
  return JSON.parse(await run(program!, [...words, ...last], { env }));
}

Deno.test({
  name: "fetch reaches a host by its second address where the first is silent, once per request",
  ignore: !canNameHosts(),
  async fn() {
    await using server = new RawServer(OK);
    await using two = await TwoAddresses.of(server.url, { silent: true });
    // What is excepted from proxies goes around the silent address, too.
    assert.deepEqual(await asked(two, { env: { no_proxy: "localhost" } }), ["ok", "ok"]);
    const heads = requestsTo(server);
    assert.equal(heads.length, 2);
    for (const head of heads) {
      assert.match(head, /^GET \/x HTTP\/1\.1\r\n/);
      assert.match(head, new RegExp(`\r\nhost: localhost:${two.port}\r\n`, "i"));
    }
  },
});

Deno.test({
  name: "fetch checks the certificate of a host that it reaches by its second address",
  ignore: !canNameHosts() || !hasOpenssl(),
  async fn() {
    const { ca, right, wrongName } = await makeCertificates();
    await using temp = await tempDir();
    const caFile = temp.at("ca.pem");
    await Deno.writeTextFile(caFile, ca);
    const meet = async (certificate: typeof right): Promise<string[]> => {
      await using server = new RawServer(OK, { ...certificate, alpnProtocols: ["http/1.1"] });
      await using two = await TwoAddresses.of(server.url, { silent: true });
      return await asked(two, { caFile });
    };
    const [good, [bad]] = await Promise.all([meet(right), meet(wrongName)]);
    assert.deepEqual(good, ["ok", "ok"]);
    assert.match(bad!, /certificate.*not valid for name/);
  },
});

Deno.test({
  name: "fetch waits for a slow host all of whose addresses answer, and asks it once",
  ignore: !canNameHosts(),
  async fn() {
    await using server = new RawServer(async (connection, _head, index) => {
      if (index === 0) await pause(5000);
      await write(connection, OK);
    });
    await using two = await TwoAddresses.of(server.url, { silent: false });
    assert.deepEqual(await asked(two), ["ok", "ok"]);
    assert.equal(requestsTo(server).length, 2);
  },
});

Deno.test({
  name: "fetch reaches a proxy by its second address where the first is silent",
  ignore: !canNameHosts(),
  async fn() {
    await using server = new RawServer(OK);
    const { port } = new URL(server.url);
    using socks = new Relay({ hostname: "127.0.0.1", port: Number(port) });
    const at = (proxy: string, { port }: TwoAddresses) =>
      proxy.replace(/127\.0\.0\.1:\d+$/, `localhost:${port}`);
    const meet = async (variable: string, url: string, login = ""): Promise<void> => {
      const to = url.replace(/^.*@/, "http://");
      await using two = await TwoAddresses.of(to, { silent: true });
      const env = { [variable]: at(url.replace("//", `//${login}`), two) };
      assert.deepEqual(await asked(two, { env, url: "http://hub.invalid/x" }), ["ok", "ok"]);
    };
    await meet("http_proxy", server.url, "joe:secret@");
    const heads = requestsTo(server);
    assert.match(heads[0]!, /^GET http:\/\/hub\.invalid\/x HTTP\/1\.1\r\n/);
    assert.match(heads[0]!, /\r\nproxy-authorization: Basic am9lOnNlY3JldA==\r\n/i);
    await meet("all_proxy", socks.proxy);
    assert.match(requestsTo(server).at(-1)!, /^GET \/x HTTP\/1\.1\r\n/);
  },
});

Deno.test({
  name: "sync ends in the hub's tree where the hub's first address is silent",
  ignore: !canNameHosts(),
  async fn() {
    await using temp = await tempDir();
    await using hub = startHub({ kind: "modern" });
    await using two = await TwoAddresses.of(hub.url, { silent: true });
    const [config, localDir] = [temp.at("config.yaml"), temp.at("data")];
    await writeConfig(config, { url: `http://localhost:${two.port}`, localDir });
    const { code, stderr } = await runProgram(["-c", config], { under: two.under });
    assert.equal(code, 0, stderr);
    assertSameTree(await readTree(localDir), hub.tree());
  },
});

Deno.test("besideSilent() knows which of a host's addresses fetch goes past by itself", async () => {
  const A = "10.0.0.1", B = "10.0.0.2", V6 = "2001:db8::1";
  const inOrder = { familiesInOrder: true };
  const cases: [
    name: string,
    does: Record<string, "answers" | "refuses" | "is silent">,
    found: string[],
    options?: typeof inOrder,
  ][] = [
    ["one answers, one is silent", { [A]: "is silent", [B]: "answers" }, [B]],
    ["their order may change", { [A]: "answers", [B]: "is silent" }, [A]],
    ["all answer", { [A]: "answers", [B]: "answers" }, []],
    ["one refuses", { [A]: "refuses", [B]: "answers" }, []],
    ["none answers", { [A]: "is silent", [B]: "is silent" }, []],
    ["none is silent", { [A]: "refuses", [B]: "refuses" }, []],
    ["the other family answers", { [V6]: "is silent", [A]: "answers" }, []],
    ["the other family answers later", { [V6]: "is silent", [A]: "answers" }, [A], inOrder],
    ["the other family hangs, too", { [V6]: "is silent", [A]: "is silent", [B]: "answers" }, [B]],
    ["the other family refuses", { [V6]: "refuses", [A]: "is silent", [B]: "answers" }, [B]],
  ];
  await Promise.all(cases.map(async ([name, does, expected, options]) => {
    let open = 0;
    const connect: Connect<{ close(): void }> = ({ hostname, signal }) => {
      if (does[hostname] === "refuses") return Promise.reject(new Error("refused"));
      if (does[hostname] === "answers") {
        open++;
        return Promise.resolve({ close: () => void open-- });
      }
      return new Promise((_, failed) =>
        signal.addEventListener("abort", () => failed(signal.reason))
      );
    };
    const found = await besideSilent(Object.keys(does), 80, { connect, ...options });
    assert.deepEqual([found, open], [expected, 0], name);
  }));
});

Deno.test("Relay lets nobody in without its password", async () => {
  await using server = new RawServer(OK);
  const { port } = new URL(server.url);
  using relay = new Relay({ hostname: "127.0.0.1", port: Number(port) });
  const ask = async (proxy: string): Promise<string> => {
    using client = Deno.createHttpClient({ proxy: { url: proxy } });
    // Whatever is asked for, its own host is reached.
    const response = await fetch("http://other.invalid/", { client });
    return await response.text();
  };
  assert.equal(await ask(relay.proxy), "ok");
  for (const login of ["fetch:guess@", ""]) {
    await assert.rejects(ask(relay.proxy.replace(/(?<=\/\/).*@/, login)), TypeError);
  }
  assert.equal(server.heads.length, 1);
});
