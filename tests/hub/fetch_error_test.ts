/** An error of the network gets the class and the hint that help. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { classifyFetchError } from "../../src/hub/request/fetch_error.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { createFetch, type FetchOptions, trustSystemStore } from "../../src/hub/tls/tls.ts";
import { type Certificates, hasOpenssl, makeCertificates } from "../support/certificates.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { failure } from "./client_fixture.ts";
import { RawServer, write, writeAll } from "./raw_server.ts";
import { tempDir } from "../support/temp.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** Certificates are made once, and only by openssl: without it these tests are ignored. */
const tls = { ignore: !hasOpenssl() };
let made: Promise<Certificates> | undefined;
const certificates = (): Promise<Certificates> => made ??= makeCertificates();

/** Fetches for real, and returns what the failure counts as. */
async function failureAt(url: string, options: FetchOptions = {}): Promise<HubError> {
  using owned = createFetch({ direct: true, ...options });
  const read = async () => await (await owned.fetch(url)).text();
  const error = classifyFetchError(await failure(read()), url);
  assert(error instanceof HubError, String(error));
  assert(!/s3cret/.test(`${error.message} ${error.cause} ${JSON.stringify(error.evidence)}`));
  return error;
}

async function withAuthority(run: (caFile: string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("ca.pem"), (await certificates()).ca);
  await run(temp.at("ca.pem"));
}

Deno.test("classifyFetchError() says unreachable when nobody listens", async () => {
  const error = await failureAt(`http://127.0.0.1:${CLOSED_PORT}/x?sig=s3cret`);
  assert.equal(error.code, "unreachable");
  assert.match(error.message, /refused/);
  assert.equal(isRetriable(error), true);
});

Deno.test("classifyFetchError() says unreachable, with a hint, when the name can't be resolved", async () => {
  const error = await failureAt("http://no-such-host.invalid/x?sig=s3cret");
  assert.equal(error.code, "unreachable");
  assert.match(error.hint ?? "", /name of the host/);
});

Deno.test("classifyFetchError() says that something else answers where no HTTP comes", async () => {
  const answers = [
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
  ];
  for (const answer of answers) {
    await using server = new RawServer(answer);
    const error = await failureAt(`${server.url}/x?sig=s3cret`);
    assert.equal(error.code, "unreachable");
    assert.match(error.message, /what answers there can't be read as HTTP/);
    assert.match(error.hint ?? "", /another program/);
  }
});

Deno.test("classifyFetchError() says of too many headers what is read, and blames no port", async () => {
  const many = (count: number): string =>
    `HTTP/1.1 200 OK\r\n${"X-A: y\r\n".repeat(count)}Content-Length: 0\r\n\r\n`;
  const long = `HTTP/1.1 200 OK\r\nX-A: ${"y".repeat(1 << 20)}\r\n\r\n`;
  for (const answer of [many(101), many(5000), long]) {
    await using server = new RawServer(answer);
    const error = await failureAt(`${server.url}/x?sig=s3cret`);
    assert.equal(error.code, "unreachable");
    assert.match(error.message, /more headers than are read/);
    assert.match(
      error.hint ?? "",
      /^100 headers and about 400 KB are read: tell whoever runs the hub/,
    );
  }
  await using server = new RawServer(many(98));
  using owned = createFetch({ direct: true });
  assert.equal(await (await owned.fetch(server.url)).text(), "");
});

Deno.test("classifyFetchError() says encoded where a Content-Encoding lies", async () => {
  for (const coding of ["gzip", "br"]) {
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: 5000\r\n\r\n`;
    await using server = new RawServer(`${head}${"P".repeat(5000)}`);
    const error = await failureAt(`${server.url}/x?sig=s3cret`);
    assert.equal(error.code, "encoded", error.message);
    assert.match(error.message, /isn't encoded as its Content-Encoding says/);
    assert.match(error.hint ?? "", /without Content-Encoding/);
  }
});

Deno.test("classifyFetchError() blames this machine where it has no more files or memory", () => {
  for (
    const [number, hint] of [[24, /ulimit -n/], [23, /fs\.file-max/], [12, /ulimit -v/]] as const
  ) {
    const error = classifyFetchError(
      new TypeError(`client error (Connect): tcp open error: x (os error ${number})`),
      "http://h/",
    );
    assert(error instanceof HubError && error.code === "unreachable");
    assert.match(error.hint ?? "", hint);
  }
});

Deno.test("classifyFetchError() tells a proxy that wants a password, and a TLS connection that broke", () => {
  const of = (detail: string): HubError => {
    const error = classifyFetchError(
      new TypeError(`client error (Connect): ${detail}`),
      "http://h/",
    );
    assert(error instanceof HubError);
    return error;
  };
  assert.match(of("proxy authentication required").hint ?? "", /^the proxy wants a password/);
  assert.match(of("dns error: failed to lookup").hint ?? "", /a proxy in http_proxy/);
  const broke = of(
    "connection error: peer closed connection without sending TLS close_notify: " +
      "https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html",
  );
  assert.equal(broke.code, "cut_short");
  assert.match(broke.message, /close_notify$/);
});

Deno.test("classifyFetchError() says cut_short when the answer ends early", async () => {
  for (const answer of ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"]) {
    await using server = new RawServer(answer);
    const error = await failureAt(`${server.url}/x?sig=s3cret`);
    assert.equal(error.code, "cut_short", error.message);
    assert.match(error.hint ?? "", /^run again: it goes on from there/);
    assert.equal(isRetriable(error), true);
  }
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  await using server = new RawServer((connection) => write(connection, chunked));
  assert.equal((await failureAt(server.url)).code, "cut_short");
});

Deno.test(
  "classifyFetchError() says tls, for good, when nobody vouches for the certificate",
  tls,
  async () => {
    await using server = new RawServer(OK, (await certificates()).right);
    const error = await failureAt(`${server.url}/?sig=s3cret`);
    assert.equal(error.code, "tls");
    assert.match(error.hint ?? "", /hub\.ca_file/);
    assert.equal(isRetriable(error), false);
  },
);

Deno.test("classifyFetchError() says tls when the certificate is another host's", tls, async () => {
  await using server = new RawServer(OK, (await certificates()).wrongName);
  await withAuthority(async (caFile) => {
    const error = await failureAt(server.url, { caFile });
    assert.equal(error.code, "tls");
    assert.match(error.hint ?? "", /hub\.url/);
  });
});

Deno.test("classifyFetchError() says tls when the other side speaks plain HTTP", async () => {
  await using server = new RawServer(writeAll("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const error = await failureAt(server.url.replace("http:", "https:"));
  assert.equal(error.code, "tls");
  assert.match(error.hint ?? "", /http:\/\//);
});

Deno.test("createFetch() trusts the authorities of caFile", tls, async () => {
  await using server = new RawServer(OK, (await certificates()).right);
  await withAuthority(async (caFile) => {
    using owned = createFetch({ caFile, direct: true });
    assert.equal(await (await owned.fetch(server.url)).text(), "ok");
  });
});

Deno.test("createFetch() refuses a caFile without certificates, and one that isn't there", async () => {
  await using temp = await tempDir();
  const caFile = temp.at("ca.pem");
  await Deno.writeTextFile(caFile, "");
  const refused = (found: RegExp) => (error: unknown) => {
    assert(error instanceof HubError && error.code === "tls");
    assert.match(error.message, found);
    return true;
  };
  assert.throws(() => createFetch({ caFile }), refused(/no certificate/));
  const broken = "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n";
  await Deno.writeTextFile(caFile, broken);
  assert.throws(() => createFetch({ caFile }), refused(/ca_file can't be used/));
  assert.throws(() => createFetch({ caFile: `${caFile}.missing` }), refused(/os error 2/));
});

Deno.test("createFetch() goes around the environment's proxy when direct, and through it otherwise", async () => {
  await using server = new RawServer(OK);
  await using proxy = new RawServer(OK.replace("ok", "pr"));
  // A process of its own: the environment is the whole process's.
  const module = new URL("../../src/hub/tls/tls.ts", import.meta.url).href;
  const script = `
    const { createFetch } = await import(${JSON.stringify(module)});
    for (const direct of [true, false]) {
      using owned = createFetch({ direct });
      console.log(await (await owned.fetch("${server.url}/x")).text());
    }
    console.log(Deno.env.get("no_proxy") ?? "unset");`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
    cwd: new URL("../../", import.meta.url),
    env: { http_proxy: proxy.url, no_proxy: "", NO_PROXY: "" },
  }).output();
  const stdout = new TextDecoder().decode(output.stdout);
  assert.equal(
    stdout.trim().split("\n").slice(0, 2).join(),
    "ok,pr",
    new TextDecoder().decode(output.stderr),
  );
  assert.equal(server.heads[0]?.split("\r\n", 1)[0], "GET /x HTTP/1.1");
});

Deno.test("trustSystemStore() adds the machine's store unless the environment decides", () => {
  const trusted = (before: Record<string, string>) => {
    const values = new Map(Object.entries(before));
    trustSystemStore({
      get: (name) => values.get(name),
      set: (name, to) => void values.set(name, to),
    });
    return values.get("DENO_TLS_CA_STORE");
  };
  assert.equal(trusted({}), "system,mozilla");
  assert.equal(trusted({ DENO_TLS_CA_STORE: "mozilla" }), "mozilla");
});
