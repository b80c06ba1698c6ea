/**
 * Small packages that claim, or really unpack to, far more than they weigh.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";
import { directoryHeader, endRecord, localHeader } from "../../src/zip/write/zip_records.ts";
import { concat, recordOf, utf8 } from "./odd_zip_parts.ts";

/**
 * Overlapping entries that a checker of CRCs takes for honest: each one's data is a stored block
 * that quotes the next one's local header, followed by that one's data.
 */
export function quotedOverlap(count = 8, kernelSize = 100_000): Uint8Array {
  let content: Uint8Array = new Uint8Array(kernelSize);
  let data: Uint8Array = deflateRawSync(content);
  let chain: Uint8Array = new Uint8Array();
  const records = [];
  for (let index = count - 1; index >= 0; index--) {
    const record = recordOf({ name: `f${index}.csv`, content, data }, 0);
    const header = localHeader(record);
    records.unshift({ record, length: header.length });
    chain = concat(header, data);
    // A stored block that isn't the last one: its length, and that length inverted.
    const quote = Uint8Array.of(0, header.length, 0, 0xff ^ header.length, 0xff);
    content = concat(header, content);
    data = concat(quote, chain);
  }
  let offset = 0;
  const directory = concat(...records.map(({ record, length }) => {
    const header = directoryHeader({ ...record, crc: record.crc, offset });
    offset += length + 5;
    return header;
  }));
  const end = { entries: count, directorySize: directory.length, directoryOffset: chain.length };
  return concat(chain, directory, endRecord(end));
}

/** Many names for one local header. */
export function sharedData(count = 8): Uint8Array {
  const content = new Uint8Array(100_000);
  const record = recordOf({ name: "f0.csv", content }, 0);
  const file = concat(localHeader(record), record.data);
  const names = Array.from({ length: count }, (_, index) => utf8(`f${index}.csv`));
  const directory = concat(...names.map((name) => directoryHeader({ ...record, name })));
  const end = { entries: count, directorySize: directory.length, directoryOffset: file.length };
  return concat(file, directory, endRecord(end));
}

/** An entry that lies inside the stored data of another one. */
export function nestedEntry(): Uint8Array {
  const inner = recordOf({ name: "inner.csv" }, 0);
  const content = concat(localHeader(inner), inner.data);
  const outer = recordOf({ name: "outer.csv", content, method: 0 }, 0);
  const header = localHeader(outer);
  const file = concat(header, content);
  const directory = concat(
    directoryHeader(outer),
    directoryHeader({ ...inner, crc: crc32(utf8("a,b\n1,2\n")), offset: header.length }),
  );
  const end = { entries: 2, directorySize: directory.length, directoryOffset: file.length };
  return concat(file, directory, endRecord(end));
}
