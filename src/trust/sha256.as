// The compression function of SHA-256 (FIPS 180-4); `sha256.ts` says what for.
// AssemblyScript: `./denow task wasm` makes `sha256_wasm.ts` of it. Here, and not in TypeScript,
// because the binary runs its own code unoptimized (it needs less memory so): 3 MB/s there.
//
// Memory: the constants; the schedule of a block; the state, as the eight words of a digest, most
// significant byte first; content.

/** The first 32 bits behind the point of the first 64 primes' cube roots. */
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const SCHEDULE: usize = memory.data(256, 16);
const STATE: usize = memory.data(32, 16);

const BLOCK: i32 = 64;

/** Where the state lies. */
export function stateAt(): usize {
  return STATE;
}

/** Where content goes, and how much there is room for: a multiple of the block. */
export function contentAt(): usize {
  return (__heap_base + 63) & ~63;
}
export function room(): i32 {
  return (memory.size() << 16) - <i32>contentAt() - 2 * BLOCK;
}

/** Takes the whole blocks of the content's first bytes into the state; gives how many bytes that were. */
export function compress(length: i32): i32 {
  let s0 = bswap<u32>(load<u32>(STATE));
  let s1 = bswap<u32>(load<u32>(STATE, 4));
  let s2 = bswap<u32>(load<u32>(STATE, 8));
  let s3 = bswap<u32>(load<u32>(STATE, 12));
  let s4 = bswap<u32>(load<u32>(STATE, 16));
  let s5 = bswap<u32>(load<u32>(STATE, 20));
  let s6 = bswap<u32>(load<u32>(STATE, 24));
  let s7 = bswap<u32>(load<u32>(STATE, 28));
  const whole = length & ~(BLOCK - 1);
  const end = contentAt() + whole;
  for (let block = contentAt(); block < end; block += BLOCK) {
    for (let i: usize = 0; i < 64; i += 4) {
      store<u32>(SCHEDULE + i, bswap<u32>(load<u32>(block + i)));
    }
    for (let i: usize = SCHEDULE + 64; i < SCHEDULE + 256; i += 4) {
      const early = load<u32>(i - 60);
      const late = load<u32>(i - 8);
      const small0 = rotr<u32>(early, 7) ^ rotr<u32>(early, 18) ^ (early >> 3);
      const small1 = rotr<u32>(late, 17) ^ rotr<u32>(late, 19) ^ (late >> 10);
      store<u32>(i, load<u32>(i - 64) + small0 + load<u32>(i - 28) + small1);
    }
    let a = s0, b = s1, c = s2, d = s3, e = s4, f = s5, g = s6, h = s7;
    for (let i: usize = 0; i < 256; i += 4) {
      const big1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const first = h + big1 + (g ^ (e & (f ^ g))) + load<u32>(K + i) + load<u32>(SCHEDULE + i);
      const big0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const second = big0 + ((a & b) | (c & (a | b)));
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + second;
    }
    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
    s4 += e;
    s5 += f;
    s6 += g;
    s7 += h;
  }
  store<u32>(STATE, bswap<u32>(s0));
  store<u32>(STATE, bswap<u32>(s1), 4);
  store<u32>(STATE, bswap<u32>(s2), 8);
  store<u32>(STATE, bswap<u32>(s3), 12);
  store<u32>(STATE, bswap<u32>(s4), 16);
  store<u32>(STATE, bswap<u32>(s5), 20);
  store<u32>(STATE, bswap<u32>(s6), 24);
  store<u32>(STATE, bswap<u32>(s7), 28);
  return whole;
}

/** Makes the state the digest: `rest` bytes of the content are left of `total`. */
export function finish(rest: i32, total: f64): void {
  const at = contentAt();
  const length = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
  memory.fill(at + rest, 0, length - rest);
  store<u8>(at + rest, 0x80);
  store<u64>(at + length - 8, bswap<u64>(<u64>total * 8));
  compress(length);
}
