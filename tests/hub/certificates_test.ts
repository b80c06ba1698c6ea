/**
 * Every fault of a certificate has its own sentence and remedy, over real TLS; the command among the
 * remedies is typed, and fixes it.
 */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { classifyFetchError } from "../../src/hub/request/fetch_error.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import {
  type CertificateFault,
  type Certificates,
  hasOpenssl,
  makeCertificates,
  makeFaulty,
  opensslServer,
} from "../support/certificates.ts";
import { run } from "../support/command.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { failure } from "./client_fixture.ts";
import { RawServer } from "./raw_server.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
const ignore = !hasOpenssl();

/** What is said of a server with this certificate; `ok` when there is nothing to say. */
async function said(
  temp: TempDir,
  { ca, cert, key }: { ca: string; cert: string; key: string },
): Promise<string> {
  await Deno.writeTextFile(temp.at("ca.pem"), ca);
  // Deno shows no certificate of version 1.
  await using server = isVersion1(cert)
    ? await opensslServer({ cert, key })
    : new RawServer(OK, { cert, key });
  using owned = createFetch({ caFile: temp.at("ca.pem"), direct: true });
  try {
    return await (await owned.fetch(server.url)).text();
  } catch (error) {
    const ours = classifyFetchError(error, server.url);
    assert(ours instanceof HubError && ours.code === "tls", String(ours));
    return `${ours.message.replace(/^\S+ /, "")} (${ours.hint})`;
  }
}

/** Version 3 says so in its first field, as [0] EXPLICIT. */
function isVersion1(pem: string): boolean {
  const base64 = pem.replace(/-----[^-]+-----|\s/g, "");
  return !atob(base64).slice(0, 16).includes("\xa0\x03\x02\x01\x02");
}

const FAULTS: Record<CertificateFault, RegExp> = {
  expired: /it expired on 2021-01-01, .*clock says 20.*renewed on the hub/,
  "not yet valid": /valid from 2048-01-01 on, .*clock says.*set this machine's clock/,
  "another host's": /it is one of other\.example, not of localhost \(check hub\.url/,
  "of no host": /it names no host.*subjectAltName.*openssl req/,
  "of version 1": /it is of version 1;.*openssl req/,
  "not for servers": /isn't meant for servers.*serverAuth/,
  "an authority's own": /it is an authority's own \(CA:TRUE\).*openssl req/,
};

for (const [fault, expected] of Object.entries(FAULTS)) {
  Deno.test({
    name: `a certificate that is ${fault} has its own remedy`,
    ignore,
    async fn() {
      await using temp = await tempDir();
      const made = await makeFaulty(fault as CertificateFault);
      const text = await said(temp, made);
      assert.match(text, /^the certificate isn't trusted: /);
      assert.match(text, expected);
      const command = /openssl req.*?CA:FALSE/.exec(text)?.[0];
      if (command === undefined) return;
      await run("sh", ["-c", command], { cwd: temp.path });
      const cert = await Deno.readTextFile(temp.at("hub.crt"));
      const key = await Deno.readTextFile(temp.at("hub.key"));
      assert.equal(await said(temp, { ca: cert, cert, key }), "ok");
    },
  });
}

/** What servers end the connection with, by TLS's number of the alert. */
const ALERTS: [what: string, alert: number, message: RegExp, hint: RegExp][] = [
  ["no common version", 70, /^no TLS connection comes about: /, /has to speak TLS 1\.2 or 1\.3/],
  ["no common cipher", 40, /^no TLS connection comes about: /, /usual cipher, and to want no cert/],
  ["a missing certificate (TLS 1.3)", 116, /wants a certificate of the client/, /for a token/],
  ["a missing certificate (Go, TLS 1.2)", 42, /wants a certificate of the client/, /for a token/],
  ["an unusable certificate", 46, /wants a certificate of the client/, /for a token/],
  ["an unknown authority", 48, /wants a certificate of the client/, /for a token/],
  ["an unknown host (nginx, HAProxy)", 112, /^no TLS connection/, /^check the host in hub\.url: /],
  ["an unknown host (Caddy)", 80, /^no TLS connection/, /no certificate for 127\.0\.0\.1; /],
];

for (const [what, alert, message, hint] of ALERTS) {
  Deno.test(`a server that ends TLS because of ${what} is understood`, async () => {
    await using server = new RawServer((connection) =>
      connection.write(Uint8Array.of(21, 3, 3, 0, 2, 2, alert))
    );
    using owned = createFetch({ direct: true });
    const url = server.url.replace("http:", "https:");
    const error = await failure(owned.fetch(url));
    const ours = classifyFetchError(error, url) as HubError;
    assert.equal(ours.code, "tls", ours.message);
    assert.match(ours.message.replace(/^\S+ /, ""), message);
    assert.match(ours.hint!, hint);
  });
}

let made: Promise<Certificates> | undefined;

/** Puts the authority's certificate into `ca.pem` in another form, made by a shell's command. */
async function inForm(temp: TempDir, command: string): Promise<Certificates> {
  const certificates = await (made ??= makeCertificates());
  await Deno.writeTextFile(temp.at("in.pem"), certificates.ca);
  await run("sh", ["-c", command], { cwd: temp.path });
  return certificates;
}

const TAKEN = {
  "with a byte order mark": "(printf '\\357\\273\\277'; cat in.pem) > ca.pem",
  "with CRLF": "sed 's/$/\\r/' in.pem > ca.pem",
  "in UTF-16": "iconv -f utf-8 -t utf-16 in.pem > ca.pem",
  "as DER": "openssl x509 -in in.pem -outform DER -out ca.pem",
  "indented": "sed 's/^/  /' in.pem > ca.pem",
  "in one line": "tr -d '\\n' < in.pem > ca.pem",
  "after a text and another certificate": "(openssl x509 -in in.pem -text; cat in.pem) > ca.pem",
};

for (const [form, command] of Object.entries(TAKEN)) {
  Deno.test({
    name: `hub.ca_file takes a certificate ${form}`,
    ignore,
    async fn() {
      await using temp = await tempDir();
      const { right } = await inForm(temp, command);
      await using server = new RawServer(OK, right);
      using owned = createFetch({ caFile: temp.at("ca.pem"), direct: true });
      assert.equal(await (await owned.fetch(server.url)).text(), "ok");
    },
  });
}

const REFUSED: Record<string, [command: string, says: RegExp]> = {
  "a key": ["openssl ecparam -name prime256v1 -genkey -noout -out ca.pem", /private key/],
  "half a certificate": ["head -4 in.pem > ca.pem", /ends in the middle/],
  "a request": [
    "openssl req -newkey rsa:2048 -nodes -subj /CN=x -keyout k -out ca.pem",
    /a request for a certificate/,
  ],
  "a PKCS #7 file": ["openssl crl2pkcs7 -nocrl -certfile in.pem -out ca.pem", /PKCS #7/],
  "a PKCS #12 file": [
    "openssl pkcs12 -export -nokeys -in in.pem -passout pass: -out ca.pem",
    /PKCS #12/,
  ],
  "OpenSSL's trusted form": ["openssl x509 -in in.pem -trustout -out ca.pem", /TRUSTED/],
};

for (const [what, [command, says]] of Object.entries(REFUSED)) {
  Deno.test({
    name: `hub.ca_file says what is wrong with ${what}, and its command fixes it`,
    ignore,
    async fn() {
      await using temp = await tempDir();
      await inForm(temp, command);
      const caFile = temp.at("ca.pem");
      assert.throws(() => createFetch({ caFile }), (error) => {
        assert(error instanceof HubError);
        assert.match(error.message, says);
        if (!error.hint?.startsWith("openssl")) return true;
        const line = what === "a PKCS #12 file" ? `${error.hint} -passin pass:` : error.hint;
        const { success } = new Deno.Command("sh", { args: ["-c", line] }).outputSync();
        assert(success, line);
        createFetch({ caFile: `${caFile}.pem` })[Symbol.dispose]();
        return true;
      });
    },
  });
}

const NO_FILES: [what: string, make: (path: string) => Promise<unknown>][] = [
  ["a folder", (path) => Deno.mkdir(path)],
  ["a pipe that nobody writes to", (path) => run("mkfifo", [path])],
  ["a device without an end", (path) => Deno.symlink("/dev/zero", path)],
];

for (const [what, make] of NO_FILES) {
  Deno.test(`a ca_file that is ${what} is an error at once`, async () => {
    await using temp = await tempDir();
    await make(temp.at("ca.pem"));
    assert.throws(() => createFetch({ caFile: temp.at("ca.pem"), direct: true }), (error) => {
      assert(error instanceof HubError && error.code === "tls", String(error));
      assert.match(error.message, /ca\.pem: it isn't a regular file/);
      return true;
    });
  });
}
