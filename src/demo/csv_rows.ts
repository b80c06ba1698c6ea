/**
 * The content of one data file: GBK text with a note, a header of 38 Chinese columns and a row a
 * trading day, about 327 bytes a row that deflate to about 0.39 of that.
 *
 * Guarantees: the same seed makes the same rows, and a file with one row more begins with the same
 * bytes. The figures are invented.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { encodeGbk } from "../zip/directory/gbk.ts";
import { seededRandom } from "./seeded_random.ts";

/** What one file holds. */
export interface RowsOf {
  /** In column 1. */
  code: string;
  /** In column 2. */
  title: string;
  seed: number;
  rows: number;
  /** The trading day of the first row, counted from 2026-01-05; may be negative. */
  firstDay: number;
  /** Rows of one day; default 1. */
  rowsPerDay?: number;
}

const NOTE = "数据仅供学习使用，请勿用于商业用途，数据由演示程序生成";
const HEADER = "股票代码,股票名称,交易日期,开盘价,最高价,最低价,收盘价,前收盘价,成交量,成交额," +
  "流通市值,总市值,净利润TTM,现金流TTM,净资产,总资产,总负债,净利润(当季)," +
  "中户资金买入额,中户资金卖出额,大户资金买入额,大户资金卖出额,散户资金买入额,散户资金卖出额," +
  "机构资金买入额,机构资金卖出额,沪深300成分股,上证50成分股,中证500成分股,中证1000成分股," +
  "中证2000成分股,创业板指成分股,新版申万一级行业名称,新版申万二级行业名称," +
  "新版申万三级行业名称,09:35收盘价,09:45收盘价,09:55收盘价";
const INDUSTRIES = [
  "银行,股份制银行,股份制银行",
  "医药生物,化学制药,化学制剂",
  "电子,半导体,数字芯片设计",
];
const BASE_DAY = Date.UTC(2026, 0, 5);

/** GBK text as a string of bytes, so that a whole file is one string until the end. */
const bytesAsText = (text: string): string => Buffer.from(encodeGbk(text)).toString("latin1");

const HEAD = bytesAsText(`${NOTE}\n${HEADER}\n`);
const INDUSTRY_TEXTS = INDUSTRIES.map(bytesAsText);

/** A whole file. */
export function contentOf(rows: RowsOf): Uint8Array {
  return Buffer.from(HEAD + [...csvRows(rows)].join(""), "latin1");
}

/** A file in chunks of about 256 KB, for those too big for memory. */
export function* chunksOf(rows: RowsOf): Generator<Uint8Array> {
  let text = HEAD;
  for (const row of csvRows(rows)) {
    text += row;
    if (text.length < 1 << 18) continue;
    yield Buffer.from(text, "latin1");
    text = "";
  }
  if (text !== "") yield Buffer.from(text, "latin1");
}

/** The rows, each a string whose characters are bytes. */
function* csvRows(file: RowsOf): Generator<string> {
  const { code, title, seed, rows, firstDay, rowsPerDay = 1 } = file;
  const random = seededRandom(seed);
  const name = `${code},${bytesAsText(title)},`;
  const industry = INDUSTRY_TEXTS[seed % INDUSTRY_TEXTS.length]!;
  const members = Array.from({ length: 6 }, () => random() < 0.3 ? "Y" : "").join(",");
  const shares = Math.floor(1e8 + random() * 1e10);
  let close = 500 + Math.floor(random() * 5000);
  for (let row = 0; row < rows; row++) {
    const before = close;
    const open = moved(before, random);
    close = moved(open, random);
    const high = Math.max(open, close) + Math.floor(random() * 40);
    const low = Math.min(open, close) - Math.floor(random() * 40);
    const volume = Math.floor(shares * (0.001 + random() * 0.03));
    const amount = volume * close / 100;
    yield `${name}${dateOf(firstDay + Math.floor(row / rowsPerDay))},${cents(open)},${
      cents(high)
    },${cents(low)},` +
      `${cents(close)},${cents(before)},${volume},${amount.toFixed(2)},` +
      `${(shares * 0.8 * close / 100).toFixed(1)},${(shares * close / 100).toFixed(1)},${
        report(random, shares)
      },` +
      `${flows(amount, random)},${members},${industry},` +
      `${cents(moved(open, random))},${cents(moved(open, random))},${cents(moved(open, random))}\n`;
  }
}

/** Six figures of a report; another each row, which is what the ratio of 0.39 takes. */
function report(random: () => number, shares: number): string {
  return [0.2, 0.3, 5, 12, 7, 0.05]
    .map((part) => (shares * part * (0.5 + random())).toFixed(2)).join(",");
}

/** Money in and out, by size of the order, in units of 10,000. */
function flows(amount: number, random: () => number): string {
  let text = "";
  for (let column = 0; column < 8; column++) {
    text += `${column ? "," : ""}${(amount / 1e4 * random() / 4).toFixed(4)}`;
  }
  return text;
}

function moved(price: number, random: () => number): number {
  return Math.max(100, price + Math.round((random() - 0.5) * price * 0.03));
}

function cents(price: number): string {
  return `${Math.floor(price / 100)}.${String(price % 100).padStart(2, "0")}`;
}

const dates = new Map<number, string>();

/** The date of a trading day: five a week, no holidays. */
export function dateOf(day: number): string {
  let text = dates.get(day);
  if (text === undefined) {
    const week = Math.floor(day / 5);
    const days = week * 7 + day - week * 5;
    text = new Date(BASE_DAY + days * 86_400_000).toISOString().slice(0, 10);
    dates.set(day, text);
  }
  return text;
}
