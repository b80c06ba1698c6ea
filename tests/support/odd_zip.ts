/**
 * Every kind of hostile and odd package, with what must become of it. `docs/archives.md` says why
 * in words. Longer than 250 lines because each row of that page is a row here.
 *
 * Guarantees: each case differs from a plain package in the one thing that it is named after. An
 * accepted case says which tree it makes. What needs more than 32 bits is in `large_zip.ts`.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { endRecord, extraField } from "../../src/zip/write/zip_records.ts";
import { nestedEntry, quotedOverlap, sharedData } from "./odd_zip_bombs.ts";
import { assemble, concat, type OddEntry, patched, u64, utf8 } from "./odd_zip_parts.ts";

/** One odd package. */
export interface OddZip {
  name: string;
  bytes: Uint8Array;
  expect: "accepted" | "refused";
  why: string;
  /** Path → content, when it is accepted. */
  tree?: Record<string, Uint8Array>;
  /** `unzip` makes another tree of it, or refuses it. */
  unlikeUnzip?: true;
}

const CONTENT = utf8("a,b\n1,2\n");
const FULL_32 = 0xffffffff;
const plain: OddEntry = { name: "a.csv", content: CONTENT };
const other: OddEntry = { name: "b.csv", content: CONTENT };
const size = CONTENT.length;
const packed = deflateRawSync(CONTENT).length;

/** All of them. */
export function oddZips(): OddZip[] {
  return [...names(), ...duplicates(), ...kinds(), ...lies(), ...overlaps(), ...zip64(), ...ends()];
}

function refused(name: string, bytes: Uint8Array, why: string): OddZip {
  return { name, bytes, expect: "refused", why };
}

function accepted(
  name: string,
  bytes: Uint8Array,
  more: { why: string; paths?: string[]; tree?: Record<string, Uint8Array>; unlikeUnzip?: true },
): OddZip {
  const { why, paths = ["a.csv"], unlikeUnzip } = more;
  const tree = more.tree ?? Object.fromEntries(paths.map((path) => [path, CONTENT]));
  return { name, bytes, expect: "accepted", why, tree, ...unlikeUnzip ? { unlikeUnzip } : {} };
}

function names(): OddZip[] {
  const of = (name: string | Uint8Array, more: Partial<OddEntry> = {}) =>
    assemble([{ name, content: CONTENT, ...more }]);
  const outside = (name: string) =>
    refused(`name ${JSON.stringify(name)}`, of(name), "leads outside, or elsewhere");
  const unicodePath = (path: string) => {
    const head = new Uint8Array(5);
    head[0] = 1;
    new DataView(head.buffer).setUint32(1, crc32(utf8("a.csv")), true);
    return extraField(0x7075, concat(head, utf8(path)));
  };
  const deep = (count: number) => "d/".repeat(count - 1) + "a.csv";
  const lone = { unlikeUnzip: true } as const;
  return [
    ...["../evil.csv", "a/../../evil.csv", "a/../evil.csv", "..", "a/..", "./../evil.csv"]
      .map(outside),
    ...["..\\evil.csv", "a\\..\\..\\evil.csv", "a/..\\../evil.csv", "/etc/evil.csv"].map(outside),
    ...["//evil.csv", "\\evil.csv", "\\\\server\\share\\evil.csv", "C:\\evil.csv"].map(outside),
    ...["C:evil.csv", "./C:evil.csv", "c:/evil.csv", "a.csv\0.txt", "a\n.csv", "a\x1b[2J.csv"]
      .map(outside),
    refused("empty name", of(""), "no name at all"),
    refused("name of dots and slashes only", of("./."), "no name at all"),
    refused("own folder", of(".datahubsync/journal.json"), "our own work folder"),
    refused("part of 256 bytes", of("x".repeat(256)), "Linux can't hold it"),
    refused(
      "path of 4097 bytes",
      of("xxxxxxxxx/".repeat(409) + "a".repeat(8)),
      "too deep, too long",
    ),
    refused("65 parts", of(deep(65)), "too deep"),
    refused(
      "overlong UTF-8 dots",
      of(Uint8Array.of(0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x61), { flags: 0x800 }),
      "no UTF-8: some decoders read ../a",
    ),
    refused(
      "Unicode path field that leads outside",
      of("a.csv", { extra: unicodePath("../evil.csv") }),
      "the field is the name",
    ),
    accepted("Unicode path field", of("a.csv", { extra: unicodePath("一.csv") }), {
      why: "the field is the name",
      paths: ["一.csv"],
    }),
    accepted("part of 255 bytes", of("x".repeat(255)), { why: "fits", paths: ["x".repeat(255)] }),
    accepted("64 parts", of(deep(64)), { why: "fits", paths: [deep(64)] }),
    accepted("leading ./", of("./a.csv"), { why: "dropped, as unzip does" }),
    accepted("empty part", of("d//a.csv"), { why: "dropped, as unzip does", paths: ["d/a.csv"] }),
    accepted("four dots", of("..../a.csv"), { why: "a name", paths: ["..../a.csv"] }),
    accepted("percent-encoded dots", of("%2e%2e/a.csv"), {
      why: "names aren't URLs",
      paths: ["%2e%2e/a.csv"],
    }),
    accepted("backslash as separator", of("d\\a.csv"), {
      why: "Windows tools write it",
      paths: ["d/a.csv"],
      ...lone,
    }),
    accepted("GBK name with trail byte 0x5C", of(encodeGbk("誠.csv")), {
      why: "decoded before backslashes are looked at",
      paths: ["誠.csv"],
      ...lone,
    }),
  ];
}

function duplicates(): OddZip[] {
  const two = (first: string, second: string) =>
    assemble([{ ...plain, name: first }, { ...other, name: second }]);
  const twice = (first: string, second: string, why: string) =>
    refused(`${JSON.stringify(first)} and ${JSON.stringify(second)}`, two(first, second), why);
  return [
    twice("a.csv", "a.csv", "which one counts depends on the reader"),
    twice("a.csv", "./a.csv", "the same path"),
    twice("d/a.csv", "d//a.csv", "the same path"),
    twice("d/a.csv", "d\\a.csv", "the same path"),
    twice("a", "a/b.csv", "a file where a folder is needed"),
    twice("a/b.csv", "a", "a file where a folder is needed"),
    twice("\u00e9.csv", "e\u0301.csv", "equal after Unicode normalisation"),
    accepted("names equal after case folding", two("a.csv", "A.csv"), {
      why: "two files on Linux",
      paths: ["a.csv", "A.csv"],
    }),
  ];
}

function kinds(): OddZip[] {
  const mode = (mode: number) => assemble([{ ...plain, mode }]);
  const link = (target: string): OddEntry => ({
    name: "link",
    content: utf8(target),
    method: 0,
    mode: 0o120777,
  });
  const method = (method: number) => assemble([{ ...plain, method }]);
  const flagged = (flags: number) => assemble([{ ...plain, flags }]);
  const folder: OddEntry = { name: "d/", content: new Uint8Array(), method: 0, mode: 0o040755 };
  const empty = (method: number) =>
    assemble([{ name: "a.csv", content: new Uint8Array(), method }]);
  const none = { "a.csv": new Uint8Array() };
  const inflated = deflateRawSync(CONTENT, { level: 0 });
  return [
    refused("symbolic link", assemble([link("/etc/passwd")]), "the way out"),
    refused("symbolic link that stays inside", assemble([plain, link("a.csv")]), "a link still"),
    refused(
      "file through a symbolic link",
      assemble([link(".."), { name: "link/evil.csv" }]),
      "the way out",
    ),
    refused("character device", mode(0o020644), "no plain file"),
    refused("block device", mode(0o060644), "no plain file"),
    accepted("what zip read from a pipe", mode(0o010600), { why: "zip's mark for it" }),
    refused(
      "pipe",
      assemble([{ ...plain, content: new Uint8Array(), mode: 0o010644 }]),
      "no plain file",
    ),
    refused("socket", mode(0o140644), "no plain file"),
    ...[0o104755, 0o102755, 0o101777, 0o100000].map((bits) =>
      accepted(`mode ${bits.toString(8)}`, mode(bits), { why: "modes are ignored" })
    ),
    ...[0o030644, 0o150644, 0o177777].map((bits) =>
      accepted(`mode ${bits.toString(8)}`, mode(bits), { why: "no type that Unix has" })
    ),
    refused("encrypted", flagged(0x0001), "can't be read"),
    refused("strongly encrypted", flagged(0x0041), "can't be read"),
    refused("masked headers", flagged(0x2000), "can't be read"),
    refused("patch data", flagged(0x0020), "isn't the content"),
    ...[1, 6, 10, 12, 14, 95, 98, 99].map((number) =>
      refused(`method ${number}`, method(number), "a method that nothing here decodes")
    ),
    accepted("method 9 (deflate64)", assemble([{ ...plain, method: 9, data: inflated }]), {
      why: "zip.js decodes it",
    }),
    accepted("stored", method(0), { why: "usual" }),
    accepted("empty and stored", empty(0), { why: "usual", tree: none }),
    accepted("empty and deflated", empty(8), { why: "usual", tree: none }),
    accepted("folder entry", assemble([folder, { ...plain, name: "d/a.csv" }]), {
      why: "a folder comes with its first file",
      paths: ["d/a.csv"],
    }),
    accepted(
      "folder entry whose mode has no type",
      assemble([{ ...folder, mode: 0o177777 }, { ...plain, name: "d/a.csv" }]),
      { why: "older Java archivers write it", paths: ["d/a.csv"] },
    ),
    refused(
      "folder with content",
      assemble([{ ...folder, content: CONTENT }]),
      "contradicts itself",
    ),
  ];
}

function lies(): OddZip[] {
  const one = (entry: Partial<OddEntry>) => assemble([{ ...plain, ...entry }]);
  const wrong = (name: string, entry: Partial<OddEntry>, why = "two readers would disagree") =>
    refused(name, one(entry), why);
  const honest = { crc: crc32(CONTENT), compressedSize: packed, size };
  const bare = concat(u32(honest.crc), u32(packed), u32(size));
  return [
    wrong("local size too long", { local: { size: size + 1 } }),
    wrong("local size too short", { local: { size: size - 1 } }),
    wrong("local packed size too long", { local: { compressedSize: packed + 1 } }),
    wrong("local CRC wrong", { local: { crc: honest.crc ^ 1 } }),
    wrong("local method another", { local: { method: 0 } }),
    wrong("local name longer", { local: { name: utf8("aa.csv") } }),
    wrong("local name another", { local: { name: utf8("x.csv") } }),
    wrong("local sizes zero without descriptor", { local: { size: 0, compressedSize: 0, crc: 0 } }),
    wrong("local sizes in a Zip64 field that isn't there", {
      local: { size: FULL_32, compressedSize: FULL_32, zip64: false },
    }),
    wrong("local size another in a Zip64 field of its own", {
      local: { size: FULL_32, zip64: false, extra: extraField(1, u64(size + 1)) },
    }),
    accepted(
      "local size alone in a Zip64 field",
      one({ local: { size: FULL_32, zip64: false, extra: extraField(1, u64(size)) } }),
      { why: "both should be there, but it says the same" },
    ),
    wrong("local header encrypted, directory not", { local: { flags: 1 } }),
    wrong("both sizes too short", lie({ size: size - 1 }), "inflates to more than it says"),
    wrong("both sizes too long", lie({ size: size + 1 }), "inflates to less than it says"),
    wrong("both CRCs wrong", lie({ crc: honest.crc ^ 1 }), "another content"),
    wrong("packed size cut", lie({ compressedSize: packed - 3 }), "the stream is cut"),
    wrong("size of 5 GB claimed", lie({ size: 5e9, zip64: true }), "deflate can't pack so tightly"),
    wrong("stored with two sizes", { method: 0, ...lie({ size: size + 1 }) }, "contradicts itself"),
    wrong("data is noise", { data: new Uint8Array(packed).fill(0xff) }, "doesn't inflate"),
    accepted("descriptor", one({ descriptor: {} }), { why: "usual for streamed packages" }),
    accepted("descriptor without signature", one({ descriptor: bare }), { why: "allowed" }),
    accepted("descriptor that lies", one({ descriptor: { size: 7, crc: 7 } }), {
      why: "it isn't read: the content is checked against the directory",
      unlikeUnzip: true,
    }),
    wrong("no local header", { local: {}, directory: { offset: 3 } }, "nothing is there"),
    wrong("offset behind the end", { directory: { offset: 1e6 } }, "nothing is there"),
    accepted("extra field that is cut off", one({ extra: Uint8Array.of(1, 2, 0xff, 0) }), {
      why: "several tools pad with such",
    }),
  ];
}

/** The same lie in both headers. */
function lie(said: NonNullable<OddEntry["local"]>): Partial<OddEntry> {
  return { local: said, directory: said };
}

function overlaps(): OddZip[] {
  return [
    refused("quoted overlap bomb", quotedOverlap(), "entries share bytes"),
    refused("many names for one data", sharedData(), "entries share bytes"),
    refused("entry inside another's data", nestedEntry(), "entries share bytes"),
    refused(
      "data runs past the next header",
      assemble([{ ...plain, ...lie({ compressedSize: packed + 5 }) }, other]),
      "entries share bytes",
    ),
    refused(
      "data reaches into the directory",
      assemble([{ ...plain, ...lie({ compressedSize: packed + 9 }) }]),
      "entries share bytes",
    ),
  ];
}

function zip64(): OddZip[] {
  const field = (...values: number[]) => extraField(1, u64(...values));
  const one = (directory: OddEntry["directory"]) =>
    assemble([other, { ...plain, directory: { zip64: false, ...directory! } }]);
  const paths = ["a.csv", "b.csv"];
  const why = "Zip64 where it isn't needed is allowed";
  const offset = 30 + 5 + packed;
  return [
    accepted("Zip64 everywhere", assemble([{ ...plain, zip64: true }], { end: { zip64: true } }), {
      why,
    }),
    accepted("Zip64 size only", one({ size: FULL_32, extra: field(size) }), { why, paths }),
    accepted("Zip64 packed size only", one({ compressedSize: FULL_32, extra: field(packed) }), {
      why,
      paths,
    }),
    accepted("Zip64 offset only", one({ offset: FULL_32, extra: field(offset) }), { why, paths }),
    accepted("Zip64 end record only", assemble([plain], { end: { zip64: true } }), { why }),
    accepted(
      "Zip64 descriptor",
      assemble([{ ...plain, descriptor: { zip64: true }, zip64: true }]),
      { why },
    ),
    refused("Zip64 size without its field", one({ size: FULL_32 }), "the size isn't anywhere"),
    refused(
      "Zip64 field too short",
      one({ size: FULL_32, compressedSize: FULL_32, extra: field(size) }),
      "the packed size isn't anywhere",
    ),
    refused(
      "Zip64 size beyond 2^53",
      one({ size: FULL_32, extra: extraField(1, new Uint8Array(8).fill(0xff)) }),
      "no size can be so large",
    ),
    refused(
      "Zip64 offset behind the end",
      one({ offset: FULL_32, extra: field(1e12) }),
      "nothing there",
    ),
    accepted(
      "Zip64 locator to nowhere",
      assemble([plain], { end: { zip64: true, zip64Offset: 1e9 } }),
      {
        why: "the record stands right before its locator, as it does behind prepended bytes",
        unlikeUnzip: true,
      },
    ),
    refused(
      "Zip64 locator without its record",
      patched(assemble([plain], { end: { zip64: true } }), -98, 0),
      "the directory isn't anywhere",
    ),
  ];
}

function ends(): OddZip[] {
  const package_ = assemble([plain]);
  const nothing = endRecord({ entries: 0, directorySize: 0, directoryOffset: 0 });
  const nonsense = endRecord({ entries: 9, directorySize: 1e6, directoryOffset: 1e6 });
  const prepend = utf8("#!/bin/sh\nexit\n");
  const why = "the end record isn't at the end";
  return [
    refused("no bytes", new Uint8Array(), why),
    refused("HTML", utf8("<html><head><title>502 Bad Gateway</title></head></html>"), why),
    refused("cut in the data", package_.slice(0, 40), why),
    refused("cut in the directory", package_.slice(0, -30), why),
    refused("cut by one byte", package_.slice(0, -1), why),
    accepted("appended byte", concat(package_, Uint8Array.of(0)), { why: "others take it" }),
    accepted("appended text", concat(package_, utf8("PK")), { why: "others take it" }),
    accepted("prepended, counted", assemble([plain], { prepend }), { why: "self-extracting" }),
    accepted("prepended, not counted", assemble([plain], { prepend, uncounted: true }), {
      why: "self-extracting",
    }),
    accepted("comment", assemble([plain], { comment: utf8("a note") }), { why: "allowed" }),
    accepted(
      "comment of 65,535 bytes",
      assemble([plain], { comment: new Uint8Array(65_535).fill(0x20) }),
      { why: "allowed" },
    ),
    accepted(
      "comment with the end record's signature",
      assemble([plain], { comment: concat(utf8("PK\x05\x06"), new Uint8Array(40)) }),
      { why: "that one doesn't reach the last byte", unlikeUnzip: true },
    ),
    accepted(
      "comment with an end record that fits nothing",
      assemble([plain], { comment: nonsense }),
      { why: "only one leads to a directory", unlikeUnzip: true },
    ),
    refused(
      "comment with an end record that fits",
      assemble([plain], { comment: nothing }),
      "two readers, two packages",
    ),
    accepted("comment longer than it is", patched(package_, -2, 5, 0), { why: "others take it" }),
    refused(
      "fewer entries than records",
      assemble([plain, other], { end: { entries: 1 } }),
      "contradicts itself",
    ),
    refused(
      "more entries than records",
      assemble([plain], { end: { entries: 2 } }),
      "contradicts itself",
    ),
    refused(
      "directory shorter than its records",
      assemble([plain], { end: { directorySize: 40 } }),
      "contradicts itself",
    ),
    refused(
      "bytes before the end record",
      assemble([plain], { between: utf8("xyz") }),
      "contradicts itself",
    ),
    refused("one of several disks", patched(package_, -18, 1, 0, 1, 0), "the rest isn't here"),
    accepted("no entries", nothing, { why: "an empty package", tree: {}, unlikeUnzip: true }),
  ];
}

function u32(value: number): Uint8Array {
  return u64(value).slice(0, 4);
}
