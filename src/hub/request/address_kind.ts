/**
 * The kind of network that an address belongs to, however it is spelled.
 *
 * Guarantees: pure; an IPv6 address that stands for an IPv4 one (mapped, compatible, NAT64, 6to4,
 * Teredo) has that one's kind. 198.18.0.0/15 counts as public: proxies with fake addresses put
 * every name there. Decimal, octal and hexadecimal IPv4 must have been normalized by `URL` before.
 *
 * @module
 */

/** Where an address leads: to the Internet, this machine, its link or a private network. */
export type AddressKind = "public" | "loopback" | "link-local" | "private";

/** The kind of an address, in brackets or not, with a zone or not; `undefined` = it is a name. */
export function kindOfAddress(host: string): AddressKind | undefined {
  const plain = host.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const bytes = plain.includes(":") ? bytesOfV6(plain) : bytesOfV4(plain);
  if (bytes === undefined) return undefined;
  return bytes.length === 4 ? kindOfV4(bytes) : kindOfV6(bytes);
}

function kindOfV4([a = 0, b = 0]: readonly number[]): AddressKind {
  if (a === 127 || a === 0) return "loopback"; // 0.0.0.0 connects to this machine
  if (a === 169 && b === 254) return "link-local";
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128) || (a === 192 && b === 0) || a >= 224;
  return isPrivate ? "private" : "public";
}

function kindOfV6(bytes: readonly number[]): AddressKind {
  const starts = (...head: number[]): boolean => head.every((byte, at) => bytes[at] === byte);
  const zeros = (from: number, to: number): boolean =>
    bytes.slice(from, to).every((byte) => byte === 0);
  if (zeros(0, 15) && bytes[15]! <= 1) return "loopback";
  const last = bytes.slice(12);
  const standsForV4 = zeros(0, 12) || (zeros(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff) ||
    (zeros(0, 8) && starts(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) ||
    starts(0, 0x64, 0xff, 0x9b);
  if (standsForV4) return kindOfV4(last);
  if (starts(0x20, 0x02)) return kindOfV4(bytes.slice(2, 6));
  if (starts(0x20, 0x01, 0, 0)) return kindOfV4(last.map((byte) => byte ^ 0xff));
  if (bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80) return "link-local";
  const isPrivate = (bytes[0]! & 0xfe) === 0xfc || bytes[0] === 0xff ||
    (bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0xc0);
  return isPrivate ? "private" : "public";
}

function bytesOfV4(text: string): number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts : undefined;
}

function bytesOfV6(text: string): number[] | undefined {
  const hostname = URL.parse(`http://[${text}]/`)?.hostname;
  if (hostname === undefined) return undefined;
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const middle = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...new Array(middle).fill(0), ...after];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}
