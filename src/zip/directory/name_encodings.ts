/**
 * The encodings that ZIP tools use for names without the UTF-8 flag, and how much a package's names
 * look like each.
 *
 * Guarantees: pure; decoding is strict, no byte is replaced. A likeness is 0 to 1: the share of
 * characters that are usual in that encoding. A high likeness to one encoding alone is as good as
 * proof; to two, it isn't.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/dataset_config.ts";

/** A possible encoding of names. */
export interface NameEncoding {
  /** Its name in `filename_encoding`. */
  readonly name: Exclude<DatasetConfig["filenameEncoding"], "auto" | "utf-8">;
  /** The text; `undefined` when the bytes aren't in this encoding. */
  decode(bytes: Uint8Array): string | undefined;
  /** How usual each character beyond ASCII is, 0 to 1. */
  weigh(bytes: Uint8Array): number[];
}

/** CP437 from 0x80 on; `TextDecoder` doesn't have it. */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌" +
  "█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** All of them. */
export const NAME_ENCODINGS: readonly NameEncoding[] = [
  // Of GBK's characters, names have those of GB2312; level 1 holds the usual ones.
  twoBytes("gb18030", "gb18030", (lead, trail) => {
    if (trail < 0xa1 || lead < 0xa1 || lead > 0xf7) return 0;
    if (lead >= 0xb0) return lead <= 0xd7 ? 1 : 0.6;
    return lead <= 0xa9 ? 0.5 : 0;
  }),
  twoBytes("shift_jis", "shift_jis", (lead, trail) => {
    if (lead === 0x81) return trail === 0x5b ? 1 : 0.5; // ー, and signs
    if (lead === 0x82 || lead === 0x83) return 1; // kana
    return lead >= 0x88 && lead <= 0x97 ? 1 : 0.3; // kanji, the usual ones first
  }, { single: [0xa1, 0xdf] }),
  twoBytes("big5", "big5", (lead) => {
    if (lead >= 0xa4 && lead <= 0xc6) return 1;
    return lead >= 0xc9 ? 0.4 : lead >= 0xa1 && lead <= 0xa3 ? 0.5 : 0;
  }),
  twoBytes("euc-kr", "euc-kr", (lead, trail) => {
    if (trail < 0xa1) return 0.2;
    if (lead >= 0xb0 && lead <= 0xc8) return 1;
    return lead >= 0xa1 && lead <= 0xac ? 0.5 : 0.2;
  }),
  oneByte("cp437", decodeCp437, (bytes, at) => {
    const byte = bytes[at]!;
    const isLetter = byte <= 0x9a || (byte >= 0xa0 && byte <= 0xa5) || byte === 0xe1;
    const inWord = isAsciiLetter(bytes[at - 1]) || isAsciiLetter(bytes[at + 1]);
    return isLetter && inWord ? 1 : 0.1;
  }),
  oneByte("cp866", strict("ibm866"), (bytes, at) => {
    const near = isCyrillic(bytes[at - 1]) || isCyrillic(bytes[at + 1]);
    return isCyrillic(bytes[at]) && near ? 1 : 0.1;
  }),
  oneByte("cp1252", decodeCp1252, (bytes, at) => {
    if (!isAsciiLetter(bytes[at - 1]) && !isAsciiLetter(bytes[at + 1])) return 0.1;
    const byte = bytes[at]!;
    if (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7) return 1;
    return /[ŠŒŽšœžŸ]/.test(cp1252.decode(Uint8Array.of(byte))) ? 0.5 : 0.1;
  }),
  // Only where it is named: rare Chinese characters are usual letters in it.
  oneByte("cp1251", strict("windows-1251"), () => 0),
];

function isCyrillic(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x80 && byte <= 0xaf) || (byte >= 0xe0 && byte <= 0xf1));
}

function isAsciiLetter(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte));
}

function strict(label: string): (bytes: Uint8Array) => string | undefined {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
}

const cp1252 = new TextDecoder("windows-1252");

/** `TextDecoder` makes control characters of the five bytes that Windows has nothing for. */
function decodeCp1252(bytes: Uint8Array): string | undefined {
  const text = cp1252.decode(bytes);
  return /[\x80-\x9f]/.test(text) ? undefined : text;
}

function decodeCp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80])
    .join("");
}

function twoBytes(
  name: NameEncoding["name"],
  label: string,
  usual: (lead: number, trail: number) => number,
  { single }: { single?: readonly [number, number] } = {},
): NameEncoding {
  const weigh = (bytes: Uint8Array): number[] => {
    const weights: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const lead = bytes[at]!;
      if (lead < 0x80) continue;
      if (single !== undefined && lead >= single[0] && lead <= single[1]) weights.push(0.2);
      else weights.push(usual(lead, bytes[++at] ?? 0));
    }
    return weights;
  };
  return { name, decode: strict(label), weigh };
}

function oneByte(
  name: NameEncoding["name"],
  decode: NameEncoding["decode"],
  usual: (bytes: Uint8Array, at: number) => number,
): NameEncoding {
  const weigh = (bytes: Uint8Array): number[] => {
    const weights: number[] = [];
    for (const [at, byte] of bytes.entries()) if (byte >= 0x80) weights.push(usual(bytes, at));
    return weights;
  };
  return { name, decode, weigh };
}
