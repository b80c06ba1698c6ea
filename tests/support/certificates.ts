/**
 * A certificate authority of the tests' own, and servers' certificates from it, through `openssl`.
 *
 * @module
 */
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
  await using temp = await tempDir();
  const openssl = async (...args: string[]) => {
    const output = await new Deno.Command("openssl", { args, cwd: temp.path }).output();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const read = (name: string) => Deno.readTextFile(temp.at(name));
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await openssl(
    ...["req", "-x509", ...newKey, "-days", "1", "-subj", "/CN=Test CA", ...usage],
    ...["-keyout", "ca.key", "-out", "ca.pem"],
  );
  const server = async (name: string, hosts: string) => {
    const request = ["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`];
    await openssl("req", ...newKey, ...request);
    await Deno.writeTextFile(temp.at(`${name}.ext`), `subjectAltName=${hosts}\n`);
    await openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"],
      ...["-CAcreateserial", "-days", "1", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
    );
    return { cert: await read(`${name}.pem`), key: await read(`${name}.key`) };
  };
  const right = await server("right", "DNS:localhost,IP:127.0.0.1");
  const wrongName = await server("wrong", "DNS:other.example");
  return { ca: await read("ca.pem"), right, wrongName };
}
