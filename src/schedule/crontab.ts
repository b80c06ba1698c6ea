/**
 * Parses a crontab: variables, and jobs with their time, user and command.
 *
 * Guarantees: pure; reads what cron reads. A command ends at the first unescaped `%`, and gets the
 * variables set above it. It doesn't judge times: `parseCron` does.
 *
 * @module
 */

/** One line that runs a command. */
export interface CronJob {
  /** From 1. */
  line: number;
  /**
   * Five fields separated by single blanks, or `@daily` and the like; six if somebody wrote six.
   */
  time: string;
  /** Of a crontab with a column for it. */
  user?: string;
  /** What the shell gets. */
  command: string;
  /** Set above it in the file. */
  variables: ReadonlyMap<string, string>;
}

/** What reads like a field of cron's where the user or the command should stand; no user's number. */
const SIXTH_FIELD = /^(?!\d{3,}$)[\d*?,/#LW-]+$/;

/** The jobs of a crontab; `withUser` for `/etc/crontab` and `/etc/cron.d`. */
export function readCrontab(text: string, options: { withUser: boolean }): CronJob[] {
  const jobs: CronJob[] = [];
  let variables: ReadonlyMap<string, string> = new Map();
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const set = variableIn(line);
    if (set !== undefined) {
      variables = new Map([...variables, set]);
      continue;
    }
    const job = jobIn(line, options.withUser);
    if (job !== undefined) jobs.push({ line: index + 1, ...job, variables });
  }
  return jobs;
}

function variableIn(line: string): [name: string, value: string] | undefined {
  const found = /^\s*(?:"([^"]+)"|'([^']+)'|([^\s=@"']+))\s*=\s*(.*?)\s*$/.exec(line);
  if (found === null) return undefined;
  const [, double, single, bare, value = ""] = found;
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(value);
  return [double ?? single ?? bare!, quoted?.[1] ?? quoted?.[2] ?? value];
}

function jobIn(line: string, withUser: boolean): Omit<CronJob, "line" | "variables"> | undefined {
  const found = /^\s*(@\S+|(?:\S+\s+){4}\S+)\s+(.*)$/.exec(line);
  if (found === null) return undefined;
  let time = found[1]!.replace(/\s+/g, " ");
  let rest = found[2]!;
  const sixth = /^(\S+)\s+(.*)$/.exec(rest);
  if (!time.startsWith("@") && sixth !== null && SIXTH_FIELD.test(sixth[1]!)) {
    time += ` ${sixth[1]}`;
    rest = sixth[2]!;
  }
  const [, user, command] = withUser ? /^(\S+)\s+(.*)$/.exec(rest) ?? [] : [, , rest];
  if (command === undefined) return undefined;
  return { time, ...(user !== undefined && { user }), command: withoutInput(command) };
}

/** What stands before the first `%` is the command, the rest its input. */
function withoutInput(text: string): string {
  const end = /(?<!\\)%/.exec(text)?.index ?? text.length;
  return text.slice(0, end).replaceAll("\\%", "%");
}
