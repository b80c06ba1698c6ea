/**
 * Measures the compiled binary against the tools that a user would pick instead.
 *
 *     ./denow task bench [NAME…] [--only NAME,…] [--rounds N] [--quick] [--scale F]
 *
 * A name is a scenario (first, delta, daily, patch, patch-days, patch-peers, machines, signed, pack, serve, get, nothing, startup, linear,
 * learning) or a profile,
 * which stands for its first sync; default all. Writes `bench/results.md`, keeping the sections that
 * weren't measured this time; with `--quick` or `--scale`, whose figures mean little, only prints.
 * Packages lie in `tmp/bench`, and so does the image with the file system for the runs, which takes up
 * to 24 GB. As root, for the mount; nothing else may run on the machine.
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
import { get } from "./scenarios/get.ts";
import { learning } from "./scenarios/learning.ts";
import { linear } from "./scenarios/linear.ts";
import { nothing } from "./scenarios/nothing.ts";
import { pack } from "./scenarios/pack.ts";
import { machines } from "./scenarios/machines.ts";
import { patch } from "./scenarios/patch.ts";
import { otherDays } from "./scenarios/patch_days.ts";
import { patchPeers } from "./scenarios/patch_peers.ts";
import { serve } from "./scenarios/serve.ts";
import { signed } from "./scenarios/signed.ts";
import { startup } from "./scenarios/startup.ts";
import { Workplace } from "./workplace.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  first,
  delta,
  daily,
  patch,
  "patch-days": otherDays,
  "patch-peers": patchPeers,
  machines,
  signed,
  pack,
  serve,
  get,
  nothing,
  startup,
  linear,
  learning,
};
/** The profiles whose first sync is measured unless others are named. */
const FIRST_PROFILES = ["small", "fin", "json", "pro", "pro-large", "huge", "many"];
const QUICK_SCALE = 0.02;

interface Options {
  scenarios: string[];
  profiles: string[];
  rounds: number;
  scale: number;
}

/** Reads the arguments. Throws an Error that says what was wrong. */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      scale: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const named = [...positionals, ...values.only?.split(",") ?? []];
  const names = named.length > 0 ? named : Object.keys(SCENARIOS);
  mustKnow(names, { ...SCENARIOS, ...PROFILES });
  const profiles = names.filter((name) => Object.hasOwn(PROFILES, name));
  const others = names.filter((name) => !Object.hasOwn(PROFILES, name));
  return {
    scenarios: profiles.length > 0 && !others.includes("first") ? ["first", ...others] : others,
    profiles: profiles.length > 0 ? profiles : FIRST_PROFILES,
    rounds: positive("--rounds", values.rounds ?? (values.quick ? "1" : "5")),
    scale: positive("--scale", values.scale ?? (values.quick ? String(QUICK_SCALE) : "1")),
  };
}

function mustKnow(names: string[], known: object): void {
  const odd = names.find((name) => !Object.hasOwn(known, name));
  if (odd === undefined) return;
  throw new Error(`no scenario or profile "${odd}"; there are ${Object.keys(known).join(", ")}`);
}

function positive(flag: string, text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`expected a number over 0 after ${flag}, found "${text}"`);
}

async function bench({ scenarios, profiles, rounds, scale }: Options): Promise<void> {
  const say = (line: string) => console.error(line);
  const folder = join(ROOT, "tmp", "bench");
  await Deno.mkdir(folder, { recursive: true });
  await compiled();
  await using workplace = await Workplace.open(join(folder, "runs"));
  const circumstances = {
    machine: `${await machine(folder)}; ${workplace.kind}`,
    binary: await binaryVersion(),
    versions: await versions(),
  };
  const results = new Results({ folder, page: join(ROOT, "bench", "results.md") });
  await using nginx = await nginxHub();
  const table = {
    datasets: new Datasets({ folder: join(folder, "packages"), scale, say }),
    workplace,
    nginx,
    rounds,
    scale,
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
