/**
 * The contents of demo files, made once: many tests start a hub of the same dataset, and ask again and
 * again what a folder must hold then.
 *
 * @module
 */
import { contentOf, type RowsOf } from "../../src/demo/csv_rows.ts";
import { KeptBytes } from "./kept_bytes.ts";

const contents = new KeptBytes();

/** {@linkcode contentOf}, which takes 10 µs a row. */
export function demoContent(file: RowsOf): Uint8Array {
  const { code, title, seed, rows, firstDay, rowsPerDay } = file;
  const key = JSON.stringify([code, title, seed, rows, firstDay, rowsPerDay]);
  const known = contents.get(key);
  if (known !== undefined) return known;
  const content = contentOf(file);
  contents.set(key, content);
  return content;
}
