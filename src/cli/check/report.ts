/**
 * The report: the lines of all checks as a person reads them, or as a program does.
 *
 * Guarantees: pure; everything goes through `clean`, which takes the secrets out.
 *
 * @module
 */
import { CHECK } from "../../messages/check.ts";
import { said, say } from "../terminal/language.ts";
import { wrap } from "../terminal/table.ts";
import { AREAS, type CheckLine, type CheckVerdict } from "./check_line.ts";

const NOTE = { sign: "·", colour: 36 };
const SIGNS: Record<CheckVerdict, { sign: string; colour: number }> = {
  ok: { sign: "✓", colour: 32 },
  warning: { sign: "!", colour: 33 },
  error: { sign: "✗", colour: 31 },
};

interface CheckReportOptions {
  /** Takes the secrets out of a text. */
  clean: (text: string) => string;
  colours?: boolean;
  /** Whether to list also what is right; default: only its count. */
  verbose?: boolean;
  /** The terminal's width in columns; without it no line is broken. */
  width?: number;
}

/** The report for a person: errors, warnings, notes, and then the count of what is right. */
export function reportText(lines: readonly CheckLine[], options: CheckReportOptions): string {
  const { verbose = false } = options;
  const passed = lines.filter(({ verdict }) => verdict === "ok");
  const problems = lines.filter(({ verdict }) => verdict !== "ok");
  const begin = problems.filter(({ first }) => first);
  const rest = sections(problems.filter(({ first }) => !first), options)
    .toSorted((a, b) => rank(a.worst) - rank(b.worst));
  const parts = [
    ...sections(begin, options),
    ...rest,
    ...sections(verbose ? passed : passed.filter(({ noted }) => noted), options),
  ];
  const { errors, warnings } = countOf(lines);
  const counts = [
    ...errors > 0 ? [say(CHECK.problems, { errors })] : [],
    ...warnings > 0 ? [say(CHECK.warnings, { warnings })] : [],
    ...passed.length > 0 || errors + warnings === 0
      ? [say(CHECK.passed, { checks: passed.length })]
      : [],
  ].join(say(CHECK.and_then));
  const last = verbose || errors + warnings === 0 || passed.length === 0
    ? say(CHECK.counts, { counts })
    : say(CHECK.counts_verbose, { counts });
  const { width = Infinity } = options;
  const end = hung("", 0, last, width).join("\n");
  return [...parts.map(({ text }) => `${text}\n\n`), `${end}\n`].join("");
}

interface Section {
  worst: CheckVerdict;
  text: string;
}

/** The lines by area; what is wrong comes before what may be. */
function sections(lines: readonly CheckLine[], options: CheckReportOptions): Section[] {
  const { clean, colours = false, width = Infinity } = options;
  return Object.entries(AREAS).flatMap(([area, title]) => {
    const inside = lines.filter(({ check }) => check.startsWith(`${area}.`))
      .toSorted((a, b) => rank(a.verdict) - rank(b.verdict));
    const [first] = inside;
    if (first === undefined) return [];
    const heading = say(title);
    const out = [colours ? `\x1b[1m${heading}\x1b[22m` : heading];
    for (const { verdict, noted, text, remedy } of inside) {
      const { sign, colour } = noted ? NOTE : SIGNS[verdict];
      const mark = colours ? `\x1b[${colour}m${sign}\x1b[39m` : sign;
      out.push(...hung(`  ${mark} `, 4, said(clean(text)), width));
      if (remedy !== undefined) out.push(...hung("    → ", 6, said(clean(remedy)), width));
    }
    return [{ worst: first.verdict, text: out.join("\n") }];
  });
}

/** The text broken into lines that are indented by the columns of the mark before the first. */
function hung(mark: string, columns: number, text: string, width: number): string[] {
  if (width === Infinity) return [`${mark}${text}`];
  const lines = text.split("\n").flatMap((line) => wrap(line, Math.max(20, width - columns)));
  return lines.map((line, at) => `${at === 0 ? mark : " ".repeat(columns)}${line}`);
}

function rank(verdict: CheckVerdict): number {
  return ["error", "warning", "ok"].indexOf(verdict);
}

/** The report for a program, as docs/check.md documents it. */
export function reportDocument(
  lines: readonly CheckLine[],
  { clean }: CheckReportOptions,
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
  const count = (verdict: CheckVerdict): number =>
    lines.filter((line) => line.verdict === verdict).length;
  return { errors: count("error"), warnings: count("warning") };
}
