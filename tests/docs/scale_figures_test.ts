/** What `docs/scale.md` reckons for 10,000 machines follows from what `bench/results.md` measured. */
import assert from "node:assert/strict";
import { readDoc } from "./code_block.ts";

const MACHINES = 10_000;
const SECONDS = 20 * 60;
/** Of the package, for a client that comes by tails; and what a client is assumed to have. */
const TAILS = 0.33;
const CLIENT = { seconds: 5, bytesPerSecond: 20e6 / 8 };
const NGINX = { secondsPerGB: 0.25, inRanges: 0.6, withTls: 3 };

const results = await readDoc("../bench/results.md");
const page = await readDoc("scale.md");
const names = ["how-it-works.md", "how-it-works.zh-CN.md"];
const others = await Promise.all(names.map(async (name) => [name, await readDoc(name)] as const));

/** A row of the measurements, by the section's title and the row's first cell. */
function measured(title: string, row: string): string[] {
  const section = results.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  return cellsOf(section, row);
}

function cellsOf(text: string | undefined, row: string): string[] {
  const line = text?.split("\n").find((line) => line.slice(2).trimStart().startsWith(`${row} `));
  assert(line !== undefined, `no row ${row}`);
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}

/** Of the columns wall, from–to, CPU, peak, wire. */
const WIRE = 5;
const packageMB = Number(/^## First sync of `pro`\n\n.* package (\d+) MB/m.exec(results)![1]);
const patch = measured("The next day of `pro` by patch", "by patch from nginx")[WIRE]!;
const threeDays = measured("Other days by patch", "`pro`, three days behind")[WIRE]!;
const first = measured("What digests and a signature cost", "first sync, without").at(-1)!;

const text = (number: number, digits = 0): string => number.toFixed(digits);
const tailsMB = Math.round(packageMB * TAILS);
/** GB that all of them take. */
const totals = [Number(patch), tailsMB, packageMB].map((mb) => mb * MACHINES / 1000);
const [byPatch, byTails, whole] = totals as [number, number, number];
const atOnce = [Number(patch), tailsMB, packageMB].map((mb) =>
  text((CLIENT.seconds + mb * 1e6 / CLIENT.bytesPerSecond) * MACHINES / SECONDS)
);

Deno.test("scale.md rests on the measured package and patches", () => {
  assert.match(page, new RegExp(`\\(5,600 files, ${packageMB} MB packed\\)`));
  const rests = (row: string) => cellsOf(page.split("## 10,000 machines")[1], row)[1]!;
  assert.equal(rests("the package"), `${packageMB} MB`);
  assert.equal(rests("the patch of a day"), `${patch} MB`);
  assert.equal(rests("three days behind"), `${threeDays} MB`);
  assert.equal(rests("the same by tails"), `33 % of the package: ${text(tailsMB)} MB`);
  assert.equal(rests("requests by patch, by tails, whole"), `2, about 30, ${first}`);
  for (const [name, other] of others) {
    assert(other.includes(`${patch} MB`), `${name} doesn't say ${patch} MB`);
  }
});

Deno.test("what scale.md reckons follows from what it rests on", () => {
  const follows = (row: string) => cellsOf(page.split("What follows:")[1], row).slice(1);
  assert.deepEqual(follows("sent by the mirror"), [
    `${text(byPatch, 1)} GB`,
    `${text(byTails)} GB`,
    `${text(whole / 1000, 1)} TB`,
  ]);
  const perSecond = totals.map((gb) => gb * 1000 / SECONDS);
  const [slow, middle, fast] = perSecond as [number, number, number];
  const rates = follows("in 20 minutes");
  assert.equal(rates[0], `${text(slow, 1)} MB/s = ${text(slow * 8)} Mbit/s`);
  assert.equal(rates[1], `${text(middle)} MB/s = ${text(middle * 8 / 1000, 1)} Gbit/s`);
  assert(rates[2]!.startsWith(`${text(fast / 1000, 1)} GB/s = ${text(fast * 8 / 1000, 1)} Gbit/s`));
  const requests = follows("requests a second");
  assert(requests[0]!.startsWith(text(2 * MACHINES / SECONDS)));
  assert.deepEqual(requests.slice(1), [
    text(30 * MACHINES / SECONDS),
    text(Number(first) * MACHINES / SECONDS),
  ]);
  assert.deepEqual(follows("clients at once"), atOnce);
  const [, ranges, plain] = follows("processor");
  const seconds = byTails * NGINX.inRanges;
  const cores = (factor: number) => text(seconds * factor / SECONDS, 1);
  assert.equal(
    ranges,
    `${text(seconds)} s: ${cores(1)} of a core, or ${cores(NGINX.withTls)} with TLS`,
  );
  assert.equal(plain, `${text(whole * NGINX.secondsPerGB)} s`);
  assert.deepEqual(new Set(follows("sent by the upstream")), new Set([`${packageMB} MB`]));
  assert(page.includes(`as much as ${text(packageMB / Number(patch))} that come by patch`));
  assert(page.includes(`hundred a day is ${text(packageMB * MACHINES / 100 / 1000)} GB`));
  assert(page.includes(`three patches, ${threeDays} MB`));
  assert(page.includes(`at all; ${text(byPatch, 1)} GB and 20,000 requests`));
  const minutes = Math.round(byTails * 8 / 60);
  const machines = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"];
  assert(page.includes(`it takes ${machines[Math.ceil(byTails * 8 / SECONDS)]} machines`));
  assert(page.includes(`or ${minutes} minutes instead of 20`), `${minutes} minutes`);
});
