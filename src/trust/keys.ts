/**
 * The keys that catalogs are signed with: ed25519, by WebCrypto.
 *
 * A public key is `ed25519:` and 43 characters of base64url; people compare its fingerprint, 100 bits in
 * five groups without letters that sound or look alike. A private key is a file that only its owner may
 * read (PKCS#8 as PEM, which other tools read, too).
 *
 * Guarantees: a key file is never overwritten, and one that others may read isn't used. A public key has
 * exactly one text.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { StoreError, UsageError } from "../errors.ts";
import { DISK } from "../messages/disk.ts";
import { TRUST } from "../messages/trust.ts";
import { diskError } from "../fs/disk_error.ts";
import { ifThere } from "../fs/if_there.ts";
import { openOwn } from "../fs/own_file.ts";
import { readFully, writeFully } from "../fs/whole_io.ts";
import { ownCommand } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";

/** A key that signs. */
export interface SigningKey {
  /** Its public half, as written in a configuration. */
  publicKey: string;
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

const PREFIX = "ed25519:";
const PUBLIC = /^ed25519:[\w-]{43}$/;
const PEM = /^-----BEGIN PRIVATE KEY-----\s([A-Za-z0-9+/=\s]{40,200})-----END PRIVATE KEY-----\s*$/;
/** Without I, L, O and U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LARGEST_FILE = 4096;

/** Whether a text is a public key as {@linkcode makeKeyFile} returns it. */
export function isPublicKey(text: string): boolean {
  return PUBLIC.test(text) && PREFIX + rawOf(text).toString("base64url") === text;
}

/** A public key's fingerprint, for people to compare, even by telephone. */
export function keyFingerprint(publicKey: string): string {
  const digest = createHash("sha256").update("datahubsync key\n").update(rawOf(publicKey)).digest();
  let bits = BigInt(`0x${digest.subarray(0, 13).toString("hex")}`) >> 4n;
  let text = "";
  for (let index = 0; index < 20; index++, bits >>= 5n) text = LETTERS[Number(bits & 31n)] + text;
  return text.replace(/(.{4})(?=.)/g, "$1-");
}

/** Makes a key pair; writes the private half to a new file. Throws StoreError, UsageError. */
export async function makeKeyFile(path: string): Promise<string> {
  const uses: KeyUsage[] = ["sign", "verify"];
  const pair = await crypto.subtle.generateKey("Ed25519", true, uses) as CryptoKeyPair;
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const lines = pkcs8.toString("base64").replace(/(.{64})/g, "$1\n");
  const pem = `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
  try {
    using file = ifThere(() => Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }));
    const folder = dirname(path);
    if (file === undefined) throw new UsageError(DISK.isnt_folder({ folder }), { path: folder });
    try {
      writeFully(file, new TextEncoder().encode(pem));
      file.syncSync();
    } catch (error) {
      Deno.removeSync(path); // half a key would be in the way of the next
      throw error;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw diskError(error, path, TRUST.write_key());
    }
    throw new StoreError("wrong_type", TRUST.key_there({ path }), {
      path,
      expected: "a new file",
      hint: TRUST.never_over(),
    });
  }
  return publicText(await crypto.subtle.exportKey("raw", pair.publicKey));
}

/** Loads a private key. Throws StoreError for a file that others may read, or that isn't a key. */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  const text = readKeyFile(path);
  const body = PEM.exec(text)?.[1];
  if (body === undefined) throw noKey(path);
  const pkcs8 = Buffer.from(body, "base64");
  const bytes = new Uint8Array(pkcs8);
  const key = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", true, ["sign"])
    .catch((cause: unknown) => {
      throw noKey(path, cause);
    });
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return {
    publicKey: publicText(new Uint8Array(Buffer.from(x!, "base64url")).buffer),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes)),
  };
}

/** Whether `signature` over `bytes` was made with the private half of a public key. */
export async function verifies(
  publicKey: string,
  signature: Uint8Array,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const raw = new Uint8Array(rawOf(publicKey));
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), bytes);
  } catch {
    return false; // 32 bytes that are no point of the curve
  }
}

function readKeyFile(path: string): string {
  try {
    using file = ifThere(() => openOwn(path, { access: "read", followOwnLinks: true }));
    if (file === undefined) {
      throw new StoreError("io", TRUST.no_key_file({ path }), {
        path,
        hint: TRUST.make_one({ command: ownCommand(`key ${shellWord(path)}`) }),
      });
    }
    const { mode, size } = file.statSync();
    if (mode !== null && (mode & 0o077) !== 0) {
      throw new StoreError("unsafe_owner", TRUST.key_open({ path }), {
        path,
        expected: "permissions 600",
        found: (mode & 0o777).toString(8),
        hint: `chmod 600 ${shellWord(path)}`,
      });
    }
    return new TextDecoder().decode(
      readFully(file, 0, new Uint8Array(Math.min(size, LARGEST_FILE))),
    );
  } catch (error) {
    throw diskError(error, path, TRUST.read_key());
  }
}

function rawOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.slice(PREFIX.length), "base64url");
}

function publicText(raw: ArrayBuffer): string {
  return PREFIX + Buffer.from(raw).toString("base64url");
}

function noKey(path: string, cause?: unknown): StoreError {
  return new StoreError("bad_format", TRUST.no_private_key({ path }), {
    path,
    expected: "an ed25519 key as PEM (PKCS#8)",
    // A new path: `key` never overwrites a file, and this one may be somebody's.
    hint: TRUST.make_other({ command: ownCommand(`key ${shellWord(`${path}.new`)}`) }),
    ...(cause === undefined ? {} : { cause }),
  });
}
