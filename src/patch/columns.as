// The layout of rows column after column; `block.ts` says what for. AssemblyScript:
// `./denow task wasm` makes `columns_wasm.ts` of it. Here, and not in TypeScript, because the binary
// runs its own code unoptimized: 20 MB/s there, which a day of rows would feel.
//
// A field ends with the separator or with the line, and takes that byte along. Column n holds the
// fields that have n before them in their line; the last of 255 columns takes all that follow.
//
// Memory: where each column goes on; content; the same content in columns:
// [number of columns: u8] [length of each: u32] [column, column, …]

const LINE_END: u8 = 10;
const MOST_COLUMNS: i32 = 255;
/** Bytes of content at most. */
const ROOM: i32 = 256 << 10;
const NEXT: usize = memory.data(255 * 4, 4);

/** Where each of the two lies; the byte before is for the layout. */
export function contentAt(): usize {
  return __heap_base + 1;
}
export function columnsAt(): usize {
  return contentAt() + ROOM + 1;
}
export function room(): i32 {
  return ROOM;
}

/** The commonest byte of those that separate fields; 0 where there is none, or one line only. */
export function separatorOf(length: i32): u8 {
  let commas = 0, tabs = 0, semicolons = 0, bars = 0, lines = 0;
  const end = contentAt() + length;
  for (let at = contentAt(); at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 44) commas++;
    else if (byte == 9) tabs++;
    else if (byte == 59) semicolons++;
    else if (byte == 124) bars++;
    else if (byte == LINE_END) lines++;
  }
  const most = max(max(commas, tabs), max(semicolons, bars));
  if (most == 0 || lines < 2) return 0;
  return most == commas ? 44 : most == tabs ? 9 : most == semicolons ? 59 : 124;
}

/** Puts content in columns; gives how many bytes they take. */
export function split(length: i32, separator: u8): i32 {
  const end = contentAt() + length;
  memory.fill(NEXT, 0, MOST_COLUMNS * 4);
  let column = 0, last = 0;
  for (let at = contentAt(); at < end; at++) {
    const count = NEXT + column * 4;
    store<u32>(count, load<u32>(count) + 1);
    if (column > last) last = column;
    column = after(load<u8>(at), column, separator);
  }
  store<u8>(columnsAt(), last + 1);
  let start = columnsAt() + 1 + (last + 1) * 4;
  for (let index = 0; index <= last; index++) {
    const size = load<u32>(NEXT + index * 4);
    store<u32>(columnsAt() + 1 + index * 4, size);
    store<u32>(NEXT + index * 4, <u32>start);
    start += size;
  }
  column = 0;
  for (let at = contentAt(); at < end; at++) {
    const next = NEXT + column * 4;
    const to = load<u32>(next);
    const byte = load<u8>(at);
    store<u8>(to, byte);
    store<u32>(next, to + 1);
    column = after(byte, column, separator);
  }
  return <i32>(start - columnsAt());
}

/** Makes content of `length` bytes of columns; gives how many those are, or -1 where they don't add up. */
export function join(length: i32, separator: u8): i32 {
  const count = length < 1 ? 0 : <i32>load<u8>(columnsAt());
  const size = length - 1 - count * 4;
  if (count == 0 || size < 0 || size > ROOM) return -1;
  let start = columnsAt() + 1 + count * 4;
  let sum: u64 = 0;
  for (let index = 0; index < count; index++) {
    const column = load<u32>(columnsAt() + 1 + index * 4);
    store<u32>(NEXT + index * 4, <u32>start);
    start += column;
    sum += column;
  }
  if (sum != size) return -1;
  const end = columnsAt() + length;
  let column = 0;
  for (let at = contentAt(); at < contentAt() + size; at++) {
    const next = NEXT + column * 4;
    const from = load<u32>(next);
    if (column >= count || from >= <u32>end) return -1;
    const byte = load<u8>(from);
    store<u8>(at, byte);
    store<u32>(next, from + 1);
    column = after(byte, column, separator);
  }
  start = columnsAt() + 1 + count * 4;
  for (let index = 0; index < count; index++) {
    start += load<u32>(columnsAt() + 1 + index * 4);
    if (load<u32>(NEXT + index * 4) != start) return -1;
  }
  return size;
}

// @ts-ignore: AssemblyScript's decorator
@inline
function after(byte: u8, column: i32, separator: u8): i32 {
  if (byte == LINE_END) return 0;
  return byte == separator && column < MOST_COLUMNS - 1 ? column + 1 : column;
}
