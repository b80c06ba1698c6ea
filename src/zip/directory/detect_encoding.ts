/**
 * Detects the encoding of a package's names from their bytes alone.
 *
 * Guarantees: pure. GBK is the default; another encoding is chosen only if the names are unusual as
 * GBK and usual in that encoding alone, or if the bytes aren't valid GBK. If another encoding is
 * equally likely, or none is, GBK stays and the result says so.
 *
 * @module
 */

import { NAME_ENCODINGS, type NameEncoding } from "./name_encodings.ts";

/** The result of a detection. */
interface Detection {
  encoding: NameEncoding;
  /** Another encoding that is also likely. */
  rival?: NameEncoding;
  /** The names are unusual in this encoding, and in every other. */
  unusual?: true;
}

/** The least likeness of real names to their own encoding. */
const LIKELY = 0.85;
/** A likeness to GBK that real GBK names exceed, and names seen in other encodings don't. */
const UNUSUAL_GBK = 0.65;
/** The margin by which one likeness must exceed another to decide. */
const CLEARLY = 0.15;
/** Fewer distinct characters than this aren't evidence against GBK. */
const ENOUGH = 3;

/** Syllables and characters that make up half of what is written; for names of files. */
const HANGUL =
  "이다의가기지사자로시일한정인대수전부고주보해도국제어나장원리아구동상서용안하경과조공학생성화연데터료년월별적산회선관세소계실업물매출통분표목록식차명금유우무방법내신문발개현입재처격거래";
const HANZI =
  "的一是在不了有和人这中大为上个国以要时来用生到作地于出分对成会可主发年动同工能下过产种面方后多定行学法所民经部度家电力水化高自理起小物现实加量体制机当点业本性应合由前外天日事平形相全表间样关各重新线内数正明原利比质第向道条结建月公无系最立代通提直程展料员位入文总次品式活设及管特件长基资流路级图山统接组计别手期运指区强放西被先取据南给色光保治北规领海口东导器世金增济阶油交联共权收证改清美转更单风切教带安场身车例务具每目至报完类离华名科信节空元集传土记段研界观装算低持书布复商非验连深千周委技备省列支团历市除构称准精值号率划选标存效院查江型格置层专状育厂京适属包调满局照参细引价严股票债券货财务";

/** Detects the encoding of names that aren't all UTF-8; `undefined` = none is likely. */
export function detectEncoding(names: readonly Uint8Array[]): Detection | undefined {
  const beyond = names.filter((name) => name.some((byte) => byte >= 0x80));
  const [gbk, ...others] = NAME_ENCODINGS;
  const likeness = likenessOf(gbk!, beyond);
  const ranked = others
    .map((encoding) => ({ encoding, likeness: likenessOf(encoding, beyond) ?? 0 }))
    .sort((a, b) => b.likeness - a.likeness);
  const [best, second] = ranked;
  const alone = best!.likeness >= LIKELY && best!.likeness - second!.likeness >= CLEARLY;
  if (likeness === undefined) return alone ? { encoding: best!.encoding } : undefined;
  if (likeness <= UNUSUAL_GBK) {
    const enough = distinct(best!.encoding, beyond).size >= ENOUGH;
    if (alone && enough && best!.likeness - likeness >= CLEARLY) {
      return { encoding: best!.encoding };
    }
    return {
      encoding: gbk!,
      ...(best!.likeness >= LIKELY ? { rival: best!.encoding } : { unusual: true }),
    };
  }
  return asKorean(gbk!, beyond) ?? { encoding: gbk! };
}

/**
 * Korean syllables occupy the range of GB2312's first half of hanzi, so both readings are valid;
 * only frequency tells the languages apart.
 */
function asKorean(gbk: NameEncoding, names: readonly Uint8Array[]): Detection | undefined {
  const korean = NAME_ENCODINGS.find(({ name }) => name === "euc-kr")!;
  if ((likenessOf(korean, names) ?? 0) < LIKELY) return undefined;
  const read = distinct(korean, names);
  const hangul = shareIn(HANGUL, read);
  const hanzi = shareIn(HANZI, distinct(gbk, names));
  if (read.size > ENOUGH && hangul >= 0.5 && hangul - hanzi >= 0.3) return { encoding: korean };
  return hangul > hanzi ? { encoding: gbk, rival: korean } : undefined;
}

/** The mean weight of the names' characters; `undefined` if a name isn't valid in the encoding. */
function likenessOf(encoding: NameEncoding, names: readonly Uint8Array[]): number | undefined {
  let sum = 0;
  let count = 0;
  for (const name of names) {
    const text = encoding.decode(name);
    if (text === undefined) return undefined;
    for (const weight of encoding.weigh(name)) {
      sum += weight;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** The distinct non-ASCII characters of the names in an encoding. */
function distinct(encoding: NameEncoding, names: readonly Uint8Array[]): Set<string> {
  const characters = new Set<string>();
  for (const name of names) {
    for (const character of encoding.decode(name) ?? "") {
      if (character > "\x7f") characters.add(character);
    }
  }
  return characters;
}

function shareIn(list: string, characters: ReadonlySet<string>): number {
  const usual = [...characters].filter((character) => list.includes(character)).length;
  return characters.size === 0 ? 0 : usual / characters.size;
}
