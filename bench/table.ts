/**
 * Figures as people read them, and Markdown tables of them.
 *
 * @module
 */

/** A Markdown table; the first column is left-aligned, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, ...[cell, ...rows.map((row) => row[column] ?? "")].map((text) => text.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      widths.map((width, column) => {
        const cell = cells[column] ?? "";
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      }).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Milliseconds as seconds; `–` when there are none. */
export function seconds(ms: number | undefined): string {
  if (ms === undefined) return "–";
  return (ms / 1000).toFixed(ms < 1000 ? 3 : 2);
}

/** Bytes as MB (10⁶). */
export function megabytes(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 2 : 0);
}

/** How many times `b` fits into `a`, as `2.3×`. */
export function times(a: number | undefined, b: number | undefined): string {
  return a === undefined || !b ? "–" : `${(a / b).toFixed(2)}×`;
}

/** A part as per cent. */
export function percent(part: number | undefined, whole: number | undefined): string {
  return part === undefined || !whole ? "–" : `${(part / whole * 100).toFixed(1)} %`;
}

/** `text ✓` or `text ✗`; just the text when there is nothing to judge. */
export function judged(text: string, reached: boolean | undefined): string {
  return reached === undefined ? text : `${text} ${reached ? "✓" : "✗"}`;
}
