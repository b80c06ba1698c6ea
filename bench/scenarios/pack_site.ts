/**
 * Folders and sites for the scenarios in which we are the hub.
 *
 * @module
 */
import { join } from "node:path";
import { BINARY, Client } from "../client.ts";
import type { Package } from "../datasets.ts";
import { measure, type Measured } from "../measure.ts";
import type { Bench } from "./bench.ts";

const SIGN = ' --sign "$KEY"';
const PACK = '"$BINARY" pack "$IN" --output "$SITE" --name "$NAME" --max-removed 100%';

/** The day's files in a folder. */
export async function unpacked(bench: Bench, day: Package): Promise<string> {
  const folder = await bench.workplace.keep();
  const client = new Client(folder, day.name, { durable: false });
  await bench.nginx.show(day);
  await client.sync(bench.nginx);
  return client.out;
}

/** Two days, unpacked and as the site of the first and of both. */
export interface PatchDays {
  days: [Package, Package];
  first: string;
  next: string;
  before: string;
  after: string;
}

/** A profile's first two days. */
export async function patchDays(bench: Bench, profile: string): Promise<PatchDays> {
  const days: [Package, Package] = [
    await bench.datasets.get(profile),
    await bench.datasets.get(profile, "next"),
  ];
  const first = await unpacked(bench, days[0]);
  const next = await unpacked(bench, days[1]);
  const before = await siteOf(await bench.workplace.keep(), profile, [first]);
  const after = await siteOf(await bench.workplace.keep(), profile, [first, next]);
  return { days, first, next, before, after };
}

/** A site in which these folders were packed one after another, signed if there is a key. */
export async function siteOf(
  folder: string,
  name: string,
  inputs: readonly string[],
  key?: string,
): Promise<string> {
  const site = join(folder, "site");
  for (const input of inputs) await pack(folder, { input, site, name, key });
  return site;
}

/** Packs a folder, and tells what it cost. */
export async function pack(folder: string, { input, site, name, key }: {
  input: string;
  site: string;
  name: string;
  key?: string | undefined;
}): Promise<Measured> {
  return await measure({
    steps: [key === undefined ? PACK : PACK + SIGN],
    env: { BINARY, IN: input, SITE: site, NAME: name, ...(key !== undefined && { KEY: key }) },
    folder,
  });
}
