/**
 * A certificate authority of the tests' own, and servers' certificates from it, through `openssl`.
 *
 * @module
 */
import { run } from "./command.ts";
import { installed } from "./installed.ts";
import { tempDir } from "./temp.ts";

/** Certificates, as PEM text. */
export interface Certificates {
  /** The authority; what `hub.ca_file` names. */
  ca: string;
  /** For localhost and 127.0.0.1. */
  right: { cert: string; key: string };
  /** For another host, by the same authority. */
  wrongName: { cert: string; key: string };
}

/** What may be wrong with a server's certificate; the authority is right, where there is one. */
export type CertificateFault =
  | "expired"
  | "not yet valid"
  | "another host's"
  | "of no host"
  | "of version 1"
  | "not for servers"
  | "an authority's own";

/** Whether `openssl` is installed: tests that need it are ignored otherwise. */
export function hasOpenssl(): boolean {
  return installed("openssl");
}

/**
 * Makes an authority and two servers' certificates, valid for a day.
 *
 * @throws {Error} with openssl's words.
 */
export async function makeCertificates(): Promise<Certificates> {
  await using authority = await newAuthority();
  const right = await authority.issue("right", { extensions: `subjectAltName=${LOCAL}` });
  const wrongName = await authority.issue("wrong", { extensions: OTHER });
  return { ca: authority.pem, right, wrongName };
}

/** Makes a certificate for localhost with a fault, and the authority to name in `hub.ca_file`. */
export async function makeFaulty(
  fault: CertificateFault,
): Promise<{ ca: string; cert: string; key: string }> {
  await using authority = await newAuthority();
  const local = `subjectAltName=${LOCAL}`;
  const ca = authority.pem;
  switch (fault) {
    case "expired":
      return { ca, ...await authority.issue("old", { extensions: local, years: [2020, 2021] }) };
    case "not yet valid":
      return { ca, ...await authority.issue("new", { extensions: local, years: [2048, 2049] }) };
    case "another host's":
      return { ca, ...await authority.issue("other", { extensions: OTHER }) };
    case "of no host":
      return {
        ca,
        ...await authority.issue("localhost", { extensions: "keyUsage=digitalSignature" }),
      };
    case "of version 1":
      return { ca, ...await authority.issue("localhost", {}) };
    case "not for servers":
      return {
        ca,
        ...await authority.issue("client", { extensions: `${local}\nextendedKeyUsage=clientAuth` }),
      };
    case "an authority's own": {
      const own = await authority.selfSigned();
      return { ca: own.cert, ...own };
    }
  }
}

const LOCAL = "DNS:localhost,IP:127.0.0.1";
const OTHER = "subjectAltName=DNS:other.example";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const CONFIG = `[ca]
default_ca = one
[one]
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
[any]
commonName = supplied
`;

interface Authority extends AsyncDisposable {
  pem: string;
  /** Issues a certificate; without extensions it is one of version 1. */
  issue(
    name: string,
    how: { extensions?: string; years?: [number, number] },
  ): Promise<{ cert: string; key: string }>;
  /** A certificate for localhost as `openssl req -x509` makes it: an authority's. */
  selfSigned(): Promise<{ cert: string; key: string }>;
}

async function newAuthority(): Promise<Authority> {
  const temp = await tempDir();
  const openssl = (...args: string[]) => run("openssl", args, { cwd: temp.path });
  const read = (name: string) => Deno.readTextFile(temp.at(name));
  const pair = async (name: string) => ({
    cert: await read(`${name}.pem`),
    key: await read(`${name}.key`),
  });
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await openssl(
    ...["req", "-x509", ...NEW_KEY, "-days", "1", "-subj", "/CN=Test CA", ...usage],
    ...["-keyout", "ca.key", "-out", "ca.pem"],
  );
  await Deno.writeTextFile(temp.at("ca.cnf"), CONFIG);
  await Deno.writeTextFile(temp.at("index.txt"), "");
  await Deno.writeTextFile(temp.at("serial"), "1000\n");
  return {
    pem: await read("ca.pem"),
    async issue(name, { extensions, years }) {
      const request = ["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`];
      await openssl("req", ...NEW_KEY, ...request);
      const from = ["-in", `${name}.csr`, "-out", `${name}.pem`];
      const day = (year: number) => `${year}0101000000Z`;
      const when = years && ["-startdate", day(years[0]), "-enddate", day(years[1])];
      if (extensions === undefined) {
        const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
        await openssl("x509", "-req", ...from, ...by);
      } else {
        await Deno.writeTextFile(temp.at(`${name}.ext`), `${extensions}\n`);
        const by = ["-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"];
        await openssl(
          ...["ca", "-batch", "-notext", ...by, ...from, "-extfile", `${name}.ext`],
          ...(when ?? ["-days", "1"]),
        );
      }
      return await pair(name);
    },
    async selfSigned() {
      await openssl(
        ...["req", "-x509", ...NEW_KEY, "-days", "1", "-subj", "/CN=localhost"],
        ...["-addext", `subjectAltName=${LOCAL}`, "-keyout", "own.key", "-out", "own.pem"],
      );
      return await pair("own");
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/**
 * A TLS server that shows any certificate, also one that Deno's own server refuses to show.
 *
 * @throws {Error} when it doesn't begin.
 */
export async function opensslServer(
  { cert, key }: { cert: string; key: string },
): Promise<{ url: string } & AsyncDisposable> {
  const temp = await tempDir();
  await Deno.writeTextFile(temp.at("cert.pem"), cert);
  await Deno.writeTextFile(temp.at("key.pem"), key);
  const args = [
    "s_server",
    "-accept",
    "127.0.0.1:0",
    "-cert",
    "cert.pem",
    "-key",
    "key.pem",
    "-www",
  ];
  const child = new Deno.Command("openssl", {
    args,
    cwd: temp.path,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let port: string | undefined;
  while ((port = /ACCEPT \S+:(\d+)/.exec(text)?.[1]) === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`openssl s_server: ${text}`);
    text += value;
  }
  return {
    url: `https://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
      await temp[Symbol.asyncDispose]();
    },
  };
}
