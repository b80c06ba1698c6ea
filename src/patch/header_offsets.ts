/**
 * A directory in a patch has, in place of each local header's offset, its distance from where the
 * entry before would end: in most packages always the same number, which compresses to nothing.
 *
 * Guarantees: works on any bytes, and one undoes the other. Record by record from the first byte, as
 * long as there are whole ones (APPNOTE 4.3.12); what follows stays as it is.
 *
 * @module
 */

/** Of a record of the directory. All figures are in bytes. */
const SIGNATURE = 0x02014b50;
const RECORD = 46;
const COMPRESSED_SIZE = 20;
const NAME_LENGTH = 28;
const EXTRA_LENGTH = 30;
const COMMENT_LENGTH = 32;
const OFFSET = 42;
/** A local header without its name. */
const LOCAL_HEADER = 30;

/** Puts distances in the place of offsets. */
export function toDistances(directory: Uint8Array): void {
  eachOffset(directory, (offset, expected) => ({ offset, written: offset - expected }));
}

/** Puts offsets in the place of distances. */
export function toOffsets(directory: Uint8Array): void {
  eachOffset(directory, (distance, expected) => {
    const offset = distance + expected >>> 0;
    return { offset, written: offset };
  });
}

function eachOffset(
  directory: Uint8Array,
  change: (value: number, expected: number) => { offset: number; written: number },
): void {
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  let expected = 0;
  for (let at = 0; at + RECORD <= view.byteLength; at += RECORD) {
    if (view.getUint32(at, true) !== SIGNATURE) return;
    const { offset, written } = change(view.getUint32(at + OFFSET, true), expected);
    view.setUint32(at + OFFSET, written, true); // of a negative one, its complement
    const name = view.getUint16(at + NAME_LENGTH, true);
    expected = offset + LOCAL_HEADER + name + view.getUint32(at + COMPRESSED_SIZE, true) >>> 0;
    at += name + view.getUint16(at + EXTRA_LENGTH, true) +
      view.getUint16(at + COMMENT_LENGTH, true);
  }
}
