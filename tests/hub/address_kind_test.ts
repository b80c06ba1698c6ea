/** Private and public addresses are told apart in every spelling. */
import assert from "node:assert/strict";
import { type AddressKind, kindOfAddress } from "../../src/hub/request/address_kind.ts";

const KINDS: Record<AddressKind, string[]> = {
  loopback: [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "::1",
    "[::1]",
    "::",
    "::ffff:127.0.0.1",
    "[::ffff:7f00:1]",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
  ],
  "link-local": [
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "[febf::1]",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
  ],
  private: [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "2002:c0a8:101::1",
  ],
  public: [
    "8.8.8.8",
    "198.18.0.1",
    "198.19.255.255",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "100.128.0.1",
    "192.167.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
  ],
};

for (const [kind, addresses] of Object.entries(KINDS)) {
  Deno.test(`kindOfAddress() knows ${kind} addresses in every spelling`, () => {
    for (const address of addresses) assert.equal(kindOfAddress(address), kind, address);
  });
}

Deno.test("kindOfAddress() takes what URL makes of decimal, octal and hexadecimal, and no names", () => {
  for (const host of ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.0.0.1", "127.0.0.1."]) {
    assert.equal(kindOfAddress(new URL(`http://${host}/`).hostname), "loopback", host);
  }
  for (const name of ["localhost", "a.example", "1.2.3", "1.2.3.256", "fe80", "::g", ""]) {
    assert.equal(kindOfAddress(name), undefined, name);
  }
});
