/**
 * IP addresses and networks (CIDR), as in lists of exceptions.
 *
 * @module
 */
import { isIP } from "node:net";

/** Whether `network` (an address, or CIDR: `10.0.0.0/8`) holds the address; `false` for anything else. */
export function networkHolds(network: string, address: string): boolean {
  const [base = "", prefix, ...rest] = network.split("/");
  const version = isIP(base);
  if (version === 0 || version !== isIP(address) || rest.length > 0) return false;
  const width = version === 4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false;
  const length = prefix === undefined ? width : Number(prefix);
  if (length > width) return false;
  const away = BigInt(width - length);
  return numberOf(base) >> away === numberOf(address) >> away;
}

function numberOf(address: string): bigint {
  if (isIP(address) === 4) {
    return address.split(".").reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  }
  // A URL writes an IPv6 address in its shortest form, without IPv4 in it.
  const short = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = short.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros: string[] = new Array(8 - front.length - back.length).fill("0");
  return [...front, ...zeros, ...back]
    .reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
