/** The encoding of names is told from the names. */
import assert from "node:assert/strict";
import { detectEncoding } from "../../src/zip/directory/detect_encoding.ts";
import {
  decodeNames,
  type FilenameEncoding,
  type NamedEntry,
} from "../../src/zip/directory/entry_name.ts";
import { NAME_ENCODINGS } from "../../src/zip/directory/name_encodings.ts";

const tables = new Map<string, Map<string, number[]>>();

/** Text in one of the encodings. */
function encode(name: string, text: string): Uint8Array {
  const table = tables.get(name) ?? reversed(name);
  tables.set(name, table);
  return Uint8Array.from([...text].flatMap((character) => {
    const bytes = table.get(character);
    assert(bytes, `${character} isn't in ${name}`);
    return bytes;
  }));
}

/** An encoding turned round, by decoding all that it can hold. */
function reversed(name: string): Map<string, number[]> {
  const encoding = NAME_ENCODINGS.find((one) => one.name === name)!;
  const found = new Map<string, number[]>();
  const all = [
    ...Array.from({ length: 256 }, (_, byte) => [byte]),
    ...Array.from({ length: 126 * 256 }, (_, at) => [0x81 + (at >> 8), at & 255]),
  ];
  for (const bytes of all) {
    const character = encoding.decode(Uint8Array.from(bytes));
    if (character?.length === 1 && !found.has(character)) found.set(character, bytes);
  }
  return found;
}

function detected(name: string, texts: readonly string[]): string {
  const found = detectEncoding(texts.map((text) => encode(name, text)));
  return `${found?.encoding.name}${found?.rival ? ` or ${found.rival.name}` : ""}`;
}

const SURE: Record<string, string[][]> = {
  shift_jis: [
    ["株価データ.csv", "日経平均.csv"],
    ["東京証券取引所/銘柄一覧.csv"],
    ["売上/2024年度/四半期報告書.csv", "売上/表.csv"],
    ["ファイル.csv"],
  ],
  big5: [
    ["台灣證券交易所/股價資料.csv", "財務報表.csv"],
    ["每日收盤行情.csv", "上市公司.csv", "營收統計.csv"],
    ["中華民國統計資料/人口.csv"],
  ],
  "euc-kr": [
    ["한국거래소/주가자료.csv", "재무제표.csv"],
    ["일별 시세 데이터.csv", "종목 목록.csv"],
    ["데이터/부산시 인구 통계.csv"],
  ],
  cp437: [
    ["Müller.csv", "Straße.csv", "Kühlhaus.csv", "Größe.csv"],
    ["café.csv", "données/été.csv"],
    ["año.csv", "español.csv", "información.csv", "índice.csv"],
  ],
  cp1252: [
    ["Müller.csv", "Straße.csv", "Kühlhaus.csv", "Größe.csv"],
    ["café.csv"],
    ["Relatório/Ação.csv", "Situação/São Paulo.csv"],
    ["Übersicht.csv", "Änderung.csv", "Öl.csv"],
    ["Århus.csv", "Malmö.csv", "Tromsø.csv"],
  ],
  cp866: [
    ["отчет.csv", "данные/котировки.csv"],
    ["Акции 2024.csv", "Облигации.csv", "Индексы.csv"],
    ["ценные бумаги.csv"],
  ],
  gb18030: [
    ["一般企业.csv"],
    ["平安银行.csv", "万科A.csv", "贵州茅台.csv"],
    ["股票.csv"],
    ["国债.csv", "保险.csv"],
    ["北京.csv", "报表.csv"],
    ["华夏/宝钢.csv", "工商.csv", "包钢.csv"],
    ["騰訊控股.csv", "平安银行.csv", "招商银行.csv", "中国石化.csv"],
    ["珮.csv", "一般企业.csv"],
    ["财务数据/现金流量表.csv", "财务数据/资产负债表.csv", "财务数据/利润表.csv"],
  ],
};

for (const [name, sets] of Object.entries(SURE)) {
  Deno.test(`detectEncoding() tells names in ${name}`, () => {
    for (const texts of sets) assert.equal(detected(name, texts), name, texts.join());
  });
}

Deno.test("detectEncoding() takes every short name of shares for GBK, as ever", () => {
  const names =
    "平安银行 万科 国农科技 世纪星源 深振业 全新好 神州高铁 中国宝安 美丽生态 深物业 南玻 沙河股份 深康佳 深中华 深粮控股 深华发 深科技 深天地 特力 飞亚达 深圳能源 国药一致 深深房 富奥股份 大悦城 深桑达 神州数码 中国天楹 华联控股 深南电 中集集团 东旭蓝天 中洲控股 深纺织 泛海控股 中兴通讯 北方国际 中国长城 华控赛格 华侨城 特发信息 海王生物 盐田港 深赛格 华锦股份 农产品 深圳机场 广聚能源 中信海直 中金岭南 贵州茅台 五粮液 工商银行 建设银行 宝钢股份 包钢股份 浦发银行 白云机场 哈药股份 邯郸钢铁 安阳钢铁 东方航空 国电电力 古井贡酒 广发证券 海通证券 保利发展 长江电力 大秦铁路 葛洲坝 歌华有线 北京城建 航天机电 鲁抗医药 金陵饭店 江苏阳光 杭钢股份 福建高速 复星医药";
  for (const name of names.split(" ")) {
    const found = detectEncoding([encode("gb18030", `${name}.csv`)]);
    assert.equal(found?.encoding.name, "gb18030", name);
  }
});

Deno.test("detectEncoding() says it where another encoding is as likely", () => {
  assert.equal(detected("shift_jis", ["表.csv"]), "gb18030 or shift_jis");
  assert.equal(detected("cp437", ["Müller.csv"]), "gb18030 or cp437");
  assert.equal(detected("euc-kr", ["한국.csv"]), "gb18030 or euc-kr");
});

Deno.test("decodeNames() says it where no encoding is likely", () => {
  const names = ["Отчеты.csv", "данные.csv"];
  const entries = names.map((name) =>
    entryOf(Uint8Array.from([...name], (letter) => {
      const code = letter.charCodeAt(0);
      return code < 0x80 ? code : code - 0x410 + 0xc0; // as CP1251 has it
    }))
  );
  const said = decodeNames(entries, "auto");
  assert.match(said!, /^the names are read as gb18030 \("[^"]+\.csv"\), and would be unusual/);
  assert(said!.includes(entries[0]!.name));
  assert.match(said!, /filename_encoding .*, cp1251$/);
  assert.equal(decodeNames(entries, "cp1251"), undefined);
  assert.deepEqual(entries.map(({ name }) => name), names);
  assert.equal(decodeNames(entries, "gb18030"), undefined, "who says so isn't told again");
});

Deno.test("decodeNames() refuses the bytes that CP1252 has nothing for", () => {
  for (const byte of [0x81, 0x8d, 0x8f, 0x90, 0x9d]) {
    const entry = entryOf(Uint8Array.of(0x61, byte, 0x62));
    assert.throws(() => decodeNames([entry], "cp1252"), /isn't cp1252 text/);
  }
});

Deno.test("detectEncoding() gives up on bytes that are usual nowhere", () => {
  assert.equal(detectEncoding([Uint8Array.of(0x2d, 0xff)]), undefined);
  assert.equal(detectEncoding([Uint8Array.of(0xb0, 0x20, 0xb1, 0x20)]), undefined);
});

Deno.test("decodeNames() reads every encoding that filename_encoding names", () => {
  for (const [name, [texts]] of Object.entries(SURE)) {
    for (const text of texts!) {
      const entry = entryOf(encode(name, text));
      assert.equal(decodeNames([entry], name as FilenameEncoding), undefined);
      assert.equal(entry.name, text);
    }
  }
  // The second byte of 表 in Shift_JIS, and of 功 in Big5, is a backslash.
  for (const [name, text] of [["shift_jis", "表/ソ.csv"], ["big5", "功/許.csv"]] as const) {
    const entry = entryOf(encode(name, text));
    decodeNames([entry], name);
    assert.equal(entry.name, text);
  }
});

Deno.test("decodeNames() shows both readings where it isn't sure", () => {
  const entry = entryOf(encode("cp437", "Müller.csv"));
  const doubt = decodeNames([entry], "auto");
  assert.match(doubt!, /cp437 \("Müller.csv"\): set filename_encoding/);
});

function entryOf(rawName: Uint8Array): NamedEntry {
  return { name: "", rawName, unicodePath: undefined, flags: 0 };
}
