/**
 * Measures the compiled binary against the tools that a user would pick instead.
 *
 *     ./denow task bench [SCENARIO…] [--profile NAME,…] [--rounds N] [--quick] [--compile]
 *
 * Scenarios: first, delta, daily, nothing, startup, linear, learning; default all. Writes `bench/results.md`,
 * keeping the sections that weren't measured this time; with `--quick` or `--scale`, whose figures
 * mean little, only prints. Packages and work lie in `tmp/bench`, on the checkout's file system, and
 * take up to 12 GB there. Everything takes about 40 minutes on two cores, `--quick` one.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { binaryVersion, compiled } from "./client.ts";
import { Datasets } from "./datasets.ts";
import { nginxHub } from "./hubs.ts";
import { machine } from "./machine.ts";
import { versions } from "./peers.ts";
import { PROFILES } from "./profiles.ts";
import { Results } from "./results.ts";
import type { Scenario } from "./scenarios/bench.ts";
import { daily } from "./scenarios/daily.ts";
import { delta } from "./scenarios/delta.ts";
import { first } from "./scenarios/first.ts";
import { learning } from "./scenarios/learning.ts";
import { linear } from "./scenarios/linear.ts";
import { nothing } from "./scenarios/nothing.ts";
import { startup } from "./scenarios/startup.ts";
import { Workplace } from "./workplace.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  first,
  delta,
  daily,
  nothing,
  startup,
  linear,
  learning,
};
const QUICK_SCALE = 0.02;

interface Options {
  scenarios: string[];
  profiles: string[];
  rounds: number;
  scale: number;
  compile: boolean;
}

/** Reads the arguments. Throws an Error that says what was wrong. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      profile: { type: "string", default: "pro,pro-large,small,huge,fin,many" },
      rounds: { type: "string" },
      scale: { type: "string" },
      quick: { type: "boolean", default: false },
      compile: { type: "boolean", default: false },
    },
  });
  const scenarios = positionals.length ? positionals : Object.keys(SCENARIOS);
  const profiles = values.profile.split(",");
  mustKnow("scenario", scenarios, SCENARIOS);
  mustKnow("profile", profiles, PROFILES);
  return {
    scenarios,
    profiles,
    rounds: positive("--rounds", values.rounds ?? (values.quick ? "1" : "3")),
    scale: positive("--scale", values.scale ?? (values.quick ? String(QUICK_SCALE) : "1")),
    compile: values.compile,
  };
}

function mustKnow(what: string, names: string[], known: object): void {
  const odd = names.find((name) => !Object.hasOwn(known, name));
  if (odd === undefined) return;
  throw new Error(`no ${what} "${odd}"; there are ${Object.keys(known).join(", ")}`);
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`expected a number over 0 after ${flag}, found "${text}"`);
}

async function bench({ scenarios, profiles, rounds, scale, compile }: Options): Promise<void> {
  const say = (line: string) => console.error(line);
  const folder = join(ROOT, "tmp", "bench");
  await Deno.mkdir(folder, { recursive: true });
  await compiled({ again: compile });
  const circumstances = {
    machine: await machine(folder),
    binary: await binaryVersion(),
    versions: await versions(),
  };
  const results = new Results({ folder, page: join(ROOT, "bench", "results.md") });
  await using nginx = await nginxHub();
  await using workplace = Workplace.open(join(folder, "runs"));
  const table = {
    datasets: new Datasets({ folder: join(folder, "packages"), scale, say }),
    workplace,
    nginx,
    rounds,
    profiles,
    versions: circumstances.versions,
    say,
  };
  for (const name of scenarios) {
    for await (const section of SCENARIOS[name]!(table)) {
      console.log(`\n## ${section.title}\n\n${section.body}\n`);
      if (scale === 1) await results.add(section, circumstances);
    }
  }
}

if (import.meta.main) {
  try {
    await bench(readOptions(Deno.args));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
