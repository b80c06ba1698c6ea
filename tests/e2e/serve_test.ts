/**
 * `serve` by the binary: TLS, its log, its end, its return, and what `--check` says of it.
 *
 * Longer than 250 lines because each promise of the running server is a test.
 */
import assert from "node:assert/strict";
import { shellWord } from "../../src/shell_word.ts";
import { binaryPath } from "../support/binary.ts";
import { assertChineseText, englishLeft } from "../support/chinese.ts";
import { hasOpenssl, makeCertificates } from "../support/certificates.ts";
import type { Ended } from "../support/command.ts";
import { endOf, runProgram, startProgram, writeConfig } from "../support/program.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { writeTree } from "../support/tree.ts";
import { pause, until } from "../support/until.ts";

interface Serving extends AsyncDisposable {
  url: string;
  child: Deno.ChildProcess;
  ended: Promise<Ended>;
}

/** A site with one dataset, `bars`, of some MB. */
async function packed(temp: TempDir, megabytes = 2): Promise<string> {
  const files = Array.from({ length: megabytes * 16 }, (_, index) => {
    const noise = crypto.getRandomValues(new Uint8Array(1 << 16));
    return [`${index}.bin`, noise] as [string, Uint8Array];
  });
  await writeTree(temp.at("bars"), files);
  const site = temp.at("site");
  const { code, stderr } = await runProgram(["pack", temp.at("bars"), "--output", site]);
  assert.equal(code, 0, stderr);
  return site;
}

async function serving(
  words: string[],
  env: Record<string, string> = {},
  under: string[] = [],
): Promise<Serving> {
  const child = startProgram(["serve", ...words], { env, under });
  let told = (_: string): void => {};
  const listens = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it doesn't say where it listens")), 30_000);
    told = (text) => {
      const url = /serving .* on (https?:\S+)\n/.exec(text)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
  });
  const ended = endOf(child, { onErr: (text) => told(text) });
  const url = await Promise.race([
    listens,
    ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  return {
    url,
    child,
    ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await ended;
    },
  };
}

Deno.test("serve --verbose prints a line per request, ends at SIGTERM and leaves no other line", async () => {
  await using temp = await tempDir();
  await using hub = await serving([await packed(temp), "--listen", ":0", "--verbose"]);
  for (const path of ["/api/datasets", "/package/bars.zip", "/nothing%0a\x1b[31m?token=abc"]) {
    await (await fetch(hub.url + path)).arrayBuffer();
  }
  const began = Date.now();
  hub.child.kill("SIGTERM");
  const { code, stdout, stderr } = await hub.ended;
  assert.equal(code, 0);
  assert(Date.now() - began < 8000);
  const lines = stdout.trimEnd().split("\n").map((line) => line.replace(/^\S+T\S+Z /, ""));
  assert.equal(lines.length, 3, stdout);
  assert.match(lines[0]!, /^127\.0\.0\.1 GET \/api\/datasets 200 \d+$/);
  assert.match(lines[1]!, /^127\.0\.0\.1 GET \/package\/bars\.zip 200 \d{7}$/);
  assert.match(lines[2]!, /^127\.0\.0\.1 GET \/nothing\S+ 404 0$/);
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  assert(!/[\x1b\x00-\x09]|abc/.test(stdout), "neither signs of a terminal nor a query");
  assert.match(stderr, /^serving .*\nstopping\n$/);
});

Deno.test("serve listens where it is told, whatever address the environment has for the runtime", async () => {
  await using temp = await tempDir();
  const site = await packed(temp, 1);
  for (const address of ["tcp:0.0.0.0:1", `unix:${temp.at("socket")}`]) {
    const elsewhere = { DENO_SERVE_ADDRESS: address };
    await using hub = await serving([site, "--listen", "127.0.0.1:0"], elsewhere);
    assert.match(hub.url, /^http:\/\/127\.0\.0\.1:\d{2,}$/);
    const response = await fetch(`${hub.url}/api/datasets`);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

Deno.test("serve at SIGTERM takes no new work, lets a transfer finish, and ends one that hangs", async () => {
  await using temp = await tempDir();
  const site = await packed(temp, 24);
  await using hub = await serving([site, "--listen", "127.0.0.1:0"]);
  const finishes = await fetch(`${hub.url}/package/bars.zip`);
  const hangs = await fetch(`${hub.url}/package/bars.zip`);
  const half = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(hub.url).port) });
  await half.write(new TextEncoder().encode("GET /"));
  const began = Date.now();
  hub.child.kill("SIGTERM");
  await pause(500);
  await assert.rejects(fetch(`${hub.url}/health`), TypeError);
  const whole = (await finishes.arrayBuffer()).byteLength;
  assert.equal(whole, (await Deno.stat(`${site}/package/bars.zip`)).size);
  const { code } = await hub.ended;
  const took = Date.now() - began;
  assert.equal(code, 0);
  assert(took >= 9000 && took < 20_000, `${took} ms`);
  await assert.rejects(hangs.arrayBuffer());
  half.close();
});

Deno.test("a sync goes on where it was when serve is killed and started again", async () => {
  await using temp = await tempDir();
  const site = await packed(temp, 24);
  const first = await serving([site, "--listen", "127.0.0.1:0"]);
  const { port } = new URL(first.url);
  const config = temp.at("c", "config.yaml");
  await writeConfig(config, { url: first.url, localDir: temp.at("data"), name: "bars" });
  const text = JSON.parse(await Deno.readTextFile(config));
  text.sync.bandwidth_limit = "8MB/s";
  await Deno.writeTextFile(config, JSON.stringify(text));
  const sync = startProgram(["-c", config, "--json"]);
  const synced = endOf(sync);
  await pause(1500);
  first.child.kill("SIGKILL");
  await first.ended;
  await using _again = await serving([site, "--listen", `127.0.0.1:${port}`]);
  const { code, stdout, stderr } = await synced;
  assert.equal(code, 0, stderr);
  const [result] = JSON.parse(stdout).results;
  const size = (await Deno.stat(`${site}/package/bars.zip`)).size;
  assert(result.bytes_downloaded < size * 1.3, `${result.bytes_downloaded} of ${size}`);
  for (const { name } of Deno.readDirSync(temp.at("bars"))) {
    const [here, there] = await Promise.all([
      Deno.readFile(temp.at("data", name)),
      Deno.readFile(temp.at("bars", name)),
    ]);
    assert.deepEqual(here, there, name);
  }
});

Deno.test({
  name: "--check of a packed folder behind serve, with TLS and a token, is all ✓",
  ignore: !hasOpenssl(),
  fn: async () => {
    await using temp = await tempDir();
    const { ca, right } = await makeCertificates();
    for (const [name, pem] of [["ca", ca], ["cert", right.cert], ["key", right.key]] as const) {
      await Deno.writeTextFile(temp.at(name), pem);
    }
    const site = await packed(temp);
    const tls = ["--tls-cert", temp.at("cert"), "--tls-key", temp.at("key"), "--token"];
    const env = { DATAHUBSYNC_TOKEN: "of-the-hub" };
    await using hub = await serving([site, "--listen", "127.0.0.1:0", ...tls], env);
    assert.match(hub.url, /^https:/);
    const config = temp.at("c", "config.yaml");
    await writeConfig(config, {
      url: hub.url,
      localDir: temp.at("data"),
      name: "bars",
      hub: { ca_file: temp.at("ca"), token: "${DATAHUBSYNC_TOKEN}" },
      logFile: temp.at("c", "sync.log"),
    });
    const denied = await runProgram(["-c", config], { env: { DATAHUBSYNC_TOKEN: "other" } });
    assert.notEqual(denied.code, 0);
    const synced = await runProgram(["-c", config], { env });
    assert.equal(synced.code, 0, synced.stderr);
    const check = await runProgram(["--check", "-c", config, "--json"], { env });
    const { checks } = JSON.parse(check.stdout);
    const bad = checks.filter((line: { verdict: string }) =>
      !["ok", "info"].includes(line.verdict)
    );
    // Neither a schedule nor a rotation of the log belongs to a test's folder.
    const own = bad.filter(({ check }: { check: string }) => !/schedule|log/.test(check));
    assert.deepEqual(own, []);
  },
});

for (
  const [what, words, says] of [
    ["a folder that isn't there", ["/nowhere"], /isn't a folder/],
    ["an address that makes no sense", [".", "--listen", "here"], /expected an address and a port/],
    ["a certificate without its key", [".", "--tls-cert", "x"], /belong together/],
    [
      "a certificate that isn't there",
      [".", "--tls-cert", "/x", "--tls-key", "/y"],
      /--tls-cert: there is no file \/x/,
    ],
    [
      "a certificate that isn't one",
      [".", "--tls-cert", "main.ts", "--tls-key", "main.ts"],
      /--tls-cert: main\.ts holds no certificate; expected PEM/,
    ],
    [
      "a folder for a certificate",
      [".", "--tls-cert", "tests", "--tls-key", "main.ts"],
      /tests.*a folder is where a file should be/,
    ],
    [
      "a port that no address has",
      [".", "--listen", "127.0.0.1:65536"],
      /a port up to 65535, such as 127\.0\.0\.1:8000; found/,
    ],
    [
      "no clients at all",
      [".", "--max-clients", "0"],
      /--max-clients: expected a whole number from 1 to 100000, found 0/,
    ],
    ["a token that isn't set", [".", "--token"], /DATAHUBSYNC_TOKEN isn't set/],
    ["an address that isn't here", [".", "--listen", "192.0.2.1:8000"], /192\.0\.2\.1/],
  ] as const
) {
  Deno.test(`serve refuses ${what}`, async () => {
    const { code, stderr } = await runProgram(["serve", ...words]);
    assert(code === 2 || code === 3, `${code}: ${stderr}`);
    assert.match(stderr, says);
    assert(!/This is a bug|during the run/.test(stderr), stderr);
    const chinese = await runProgram(["serve", ...words, "--lang", "zh"]);
    assert.equal(chinese.code, code);
    const said = chinese.stderr.replaceAll(shellWord(binaryPath()), "datahubsync");
    assert.deepEqual(englishLeft(said), [], chinese.stderr);
  });
}

Deno.test({
  name: "serve says which of --tls-cert and --tls-key is wrong, and never blames --listen",
  ignore: !hasOpenssl(),
  fn: async () => {
    await using temp = await tempDir();
    const { right, wrongName } = await makeCertificates();
    const files: Record<string, string | Uint8Array> = {
      "cert": right.cert,
      "key": right.key,
      "other key": wrongName.key,
      "empty": "",
      "cut": right.cert.slice(0, 300),
      "junk": "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
      "binary": new Uint8Array([0x30, 0x82, 0x01, 0xff, 0xfe]),
      "encrypted": right.key.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
      "public": right.key.replaceAll("PRIVATE KEY", "PUBLIC KEY"),
      "no key": "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n",
    };
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(temp.at(name), bytes);
    }
    const both = /--tls-cert and --tls-key can't be used: /;
    const cases: [cert: string, key: string, says: RegExp][] = [
      ["key", "key", /--tls-cert: .*key holds no certificate/],
      ["empty", "key", /--tls-cert: .*empty holds no certificate/],
      ["binary", "key", /--tls-cert: .*binary holds no certificate/],
      ["cert", "cert", /--tls-key: .*cert holds no private key/],
      ["cert", "empty", /--tls-key: .*empty holds no private key/],
      ["cert", "public", /--tls-key: .*public holds no private key/],
      [
        "cert",
        "encrypted",
        /--tls-key: .*encrypted is encrypted; expected .* without a passphrase/,
      ],
      ["cert", "gone", /--tls-key: there is no file .*gone/],
      ["cert", "other key", /--tls-key isn't the key of the certificate in --tls-cert/],
      ["cut", "key", both],
      ["junk", "key", both],
      ["cert", "no key", both],
    ];
    for (const [cert, key, says] of cases) {
      const files = ["--tls-cert", temp.at(cert), "--tls-key", temp.at(key)];
      const listen = ["--listen", "127.0.0.1:0"];
      const { code, stderr } = await runProgram(["serve", temp.path, ...listen, ...files]);
      assert.equal(code, 2, `${cert}, ${key}: ${stderr}`);
      assert.match(stderr, says);
      assert(!/listen/.test(stderr), stderr);
      for (const [, said = ""] of stderr.matchAll(/^(?:error|hint): (.*)/gm)) {
        // The runtime has its own words for a certificate that it can't use.
        if (!both.test(said)) assertChineseText(said);
      }
    }
    // With a good pair an address that is taken is still said to be taken.
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const listen = ["--listen", `127.0.0.1:${(taken.addr as Deno.NetAddr).port}`];
    const pair = ["--tls-cert", temp.at("cert"), "--tls-key", temp.at("key")];
    const { stderr } = await runProgram(["serve", temp.path, ...listen, ...pair]);
    assert.match(stderr, /something else listens there already/);
  },
});

Deno.test("serve outlives more connections than it may have open files", async () => {
  await using temp = await tempDir();
  const limited = ["bash", "-c", 'ulimit -n 120 && exec "$0" "$@"'];
  await using hub = await serving([await packed(temp), "--listen", ":0"], {}, limited);
  const { port } = new URL(hub.url);
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  const path = "/package/bars.zip";
  const idle: Deno.Conn[] = [];
  try {
    // Idle, with half a request, and with a package that nobody takes.
    for (const text of ["", "GET / HTTP/1.1\r\nHo", `GET ${path} HTTP/1.1\r\nhost: h\r\n\r\n`]) {
      for (let count = 0; count < 150; count++) {
        const connection = await connect().catch(() => undefined);
        if (connection === undefined) break;
        idle.push(connection);
        await connection.write(new TextEncoder().encode(text)).catch(() => {});
      }
      await until(async () => {
        try {
          return (await (await fetch(`${hub.url}/health`)).text()).includes("ok");
        } catch {
          return false;
        }
      });
    }
  } finally {
    for (const connection of idle) connection.close();
  }
  await until(async () => {
    try {
      const response = await fetch(hub.url + path);
      return (await response.arrayBuffer()).byteLength > 2_000_000 && response.status === 200;
    } catch {
      return false;
    }
  });
  hub.child.kill("SIGTERM");
  const { code, stderr } = await hub.ended;
  assert.equal(code, 0);
  assert.match(stderr, /warning: no connections could be accepted for a moment.*ulimit -n/);
});
