/**
 * The report: the lines of all checks as a person reads them, or as a program does.
 *
 * Guarantees: pure; everything goes through `clean`, which takes the secrets out.
 *
 * @module
 */
import { AREAS, type CheckLine, type Verdict } from "./check_line.ts";

const SIGNS: Record<Verdict, { sign: string; colour: number }> = {
  ok: { sign: "✓", colour: 32 },
  warning: { sign: "!", colour: 33 },
  error: { sign: "✗", colour: 31 },
};

/** How a report is made. */
export interface ReportOptions {
  /** Takes the secrets out of a text. */
  clean: (text: string) => string;
  colours?: boolean;
}

/** The report for a person. */
export function reportText(lines: readonly CheckLine[], options: ReportOptions): string {
  const { clean, colours = false } = options;
  const out: string[] = [];
  for (const [area, title] of Object.entries(AREAS)) {
    const inside = lines.filter(({ check }) => check.startsWith(`${area}.`));
    if (inside.length === 0) continue;
    out.push(colours ? `\x1b[1m${title}\x1b[22m` : title);
    for (const { verdict, text, remedy } of inside) {
      const { sign, colour } = SIGNS[verdict];
      out.push(`  ${colours ? `\x1b[${colour}m${sign}\x1b[39m` : sign} ${clean(text)}`);
      if (remedy !== undefined) out.push(`    → ${clean(remedy)}`);
    }
  }
  const { errors, warnings } = countOf(lines);
  const sum = errors + warnings === 0
    ? "All good."
    : `${counted(errors, "problem")}, ${counted(warnings, "warning")}.`;
  return `${out.join("\n")}\n\n${sum}\n`;
}

/** The report for a program, as docs/check.md documents it. */
export function reportDocument(
  lines: readonly CheckLine[],
  { clean }: ReportOptions,
): Record<string, unknown> {
  return {
    ok: countOf(lines).errors === 0,
    ...countOf(lines),
    checks: lines.map(({ check, verdict, dataset, text, remedy }) => ({
      check,
      verdict,
      dataset: dataset ?? null,
      message: clean(text),
      remedy: remedy === undefined ? null : clean(remedy),
    })),
  };
}

/** How many lines of each kind there are. */
export function countOf(lines: readonly CheckLine[]): { errors: number; warnings: number } {
  const count = (verdict: Verdict): number =>
    lines.filter((line) => line.verdict === verdict).length;
  return { errors: count("error"), warnings: count("warning") };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
