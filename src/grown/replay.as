// Counts the symbols that zlib's lazy matching makes of content; `replay.ts` says what for.
// AssemblyScript: `./denow task wasm` makes `replay_wasm.ts` of it. Here, and not in TypeScript,
// because the binary runs its own code unoptimized (it needs less memory so): 12 ms a file there,
// 1 ms here.
//
// Memory: counts of 286 literals and lengths, then of 30 distances; `before`, `symbols`; by hash of
// three bytes where they were last; by position in the window where the same hash was before; content.

const LITERALS: usize = 0;
const DISTANCES: usize = 4 * 286;
const BEFORE: usize = DISTANCES + 4 * 30;
const SYMBOLS: usize = BEFORE + 4;
const HEAD: usize = 2048;
const PREVIOUS: usize = HEAD + 4 * 32768;
const CONTENT: usize = PREVIOUS + 4 * 32768;

const WINDOW: i32 = 32768;
const MASK: i32 = WINDOW - 1;
const LONGEST: i32 = 258;
const LOOK_AHEAD: i32 = LONGEST + 3 + 1;
const MOST_DISTANCE: i32 = WINDOW - LOOK_AHEAD;
/** A match of three bytes isn't worth its bits from farther than this. */
const TOO_FAR: i32 = 4096;

/** Where content goes, and how much there is room for. */
export function contentAt(): usize {
  return CONTENT;
}
export function room(): usize {
  return (<usize>memory.size() << 16) - CONTENT - 8;
}

// @ts-ignore: decorator
@inline
function at(position: i32): usize {
  return CONTENT + <usize>position;
}

/** Enters the three bytes at a position; gives where the same hash was last. */
// @ts-ignore: decorator
@inline
function insert(position: i32): i32 {
  const bytes = load<u32>(at(position));
  const hash = ((bytes & 255) << 10 ^ (bytes >> 8 & 255) << 5 ^ (bytes >> 16 & 255)) & MASK;
  const head = HEAD + (<usize>hash << 2);
  const last = load<i32>(head);
  store<i32>(PREVIOUS + (<usize>(position & MASK) << 2), last);
  store<i32>(head, position);
  return last;
}

/** How many bytes are the same at two positions, up to the longest match. */
// @ts-ignore: decorator
@inline
function same(one: i32, other: i32): i32 {
  let length = 0;
  while (length < LONGEST) {
    const differ = load<u64>(at(one + length)) ^ load<u64>(at(other + length));
    if (differ != 0) return min(LONGEST, length + <i32>(ctz(differ) >> 3));
    length += 8;
  }
  return LONGEST;
}

// @ts-ignore: decorator
@inline
function add(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

function countMatch(length: i32, distance: i32): void {
  const long = <u32>(length - 3);
  let symbol: u32 = long;
  if (length == LONGEST) symbol = 28;
  else if (long >= 8) {
    const extra = 29 - clz(long);
    symbol = (extra << 2) + (long >> extra);
  }
  add(LITERALS + 4 * (257 + symbol));
  const far = <u32>(distance - 1);
  let place: u32 = far;
  if (far >= 4) {
    const extra = 30 - clz(far);
    place = (extra << 1) + (far >> extra);
  }
  add(DISTANCES + 4 * place);
}

/**
 * Counts from `block` on, matching from `from` on. Gives where the last counted symbol ends, or -1
 * when none begins at `block`. `none` is the last position that zlib takes for no position.
 */
export function count(
  size: i32,
  from: i32,
  block: i32,
  none: i32,
  good: i32,
  lazy: i32,
  nice: i32,
  chain: i32,
): i32 {
  memory.fill(LITERALS, 0, HEAD);
  memory.fill(HEAD, 255, 4 * WINDOW);
  for (let position = max(0, from - WINDOW); position < from; position++) insert(position);

  const stop = size - LOOK_AHEAD;
  let symbols: u32 = 0;
  let counting = false;
  let end = from;
  let held = false; // whether the byte before waits to see if a match at the next one is longer
  let heldLength = 2;
  let heldStart = 0;
  let matchStart = 0;
  let position = from;
  while (position <= stop) {
    if (!counting && end >= block) {
      if (end > block) return -1;
      counting = true;
      store<u32>(BEFORE, symbols);
      symbols = 0;
    }
    let candidate = insert(position);
    let length = 2;
    if (candidate > none && heldLength < lazy && position - candidate <= MOST_DISTANCE) {
      let tries = heldLength >= good ? chain >> 2 : chain;
      const limit = max(none, position - MOST_DISTANCE);
      const first = load<u16>(at(position));
      let best = heldLength;
      let edge = load<u16>(at(position + best - 1));
      do {
        if (load<u16>(at(candidate + best - 1)) == edge && load<u16>(at(candidate)) == first) {
          const found = same(candidate, position);
          if (found > best) {
            matchStart = candidate;
            best = found;
            if (found >= nice) break;
            edge = load<u16>(at(position + best - 1));
          }
        }
        candidate = load<i32>(PREVIOUS + (<usize>(candidate & MASK) << 2));
        tries--;
      } while (candidate > limit && tries != 0);
      length = best;
      if (length == 3 && position - matchStart > TOO_FAR) length = 2;
    }
    if (heldLength >= 3 && length <= heldLength) {
      if (counting) countMatch(heldLength, position - 1 - heldStart);
      symbols++;
      end = position - 1 + heldLength;
      while (++position < end) insert(position);
      held = false;
      heldLength = 2;
    } else {
      if (held) {
        if (counting) add(LITERALS + 4 * <usize>load<u8>(at(position - 1)));
        symbols++;
        end = position;
      }
      held = true;
      heldLength = length;
      heldStart = matchStart;
      position++;
    }
  }
  store<u32>(SYMBOLS, symbols);
  return counting ? end : -1;
}
