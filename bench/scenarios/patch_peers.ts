/**
 * The next day of `pro` by this program and by others that send differences: what travels, how often
 * they ask, how long it takes, and what making it costs whoever publishes. One round; from nginx on
 * loopback, but for rsync, which has its own server.
 *
 * It is longer than 250 lines because each program stands here as its user would type it.
 *
 * @module
 */
import { join } from "node:path";
import { Client } from "../client.ts";
import type { Package } from "../datasets.ts";
import { type Cost, measure } from "../measure.ts";
import { megabytes, seconds, table } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { pack, type PatchDays, patchDays, siteOf } from "./pack_site.ts";

const PROFILE = "pro";

/** What is in the row of a program. */
interface Row {
  label: string;
  makes?: Cost;
  takes: Cost;
  bytes: number;
  requests?: number;
}

/** A program, and how its row comes about; its files lie in `folder`. */
interface DifferenceProgram {
  needs: string[];
  measure(place: { bench: Bench; folder: string; days: PatchDays }): Promise<Row>;
}

const PROGRAMS: readonly DifferenceProgram[] = [
  {
    needs: [],
    async measure({ bench, folder, days: { days: [, next], first, next: input, before, after } }) {
      await Deno.mkdir(join(folder, "hub"));
      const site = await siteOf(join(folder, "hub"), next.name, [first]);
      await settle(folder);
      const making = await pack(folder, { input, site, name: next.name });
      const client = new Client(folder, next.name);
      await bench.nginx.show({ ...next, folder: before });
      await client.sync(bench.nginx);
      await bench.nginx.show({ ...next, folder: after });
      await settle(folder);
      const { wallMs, cpuMs, wireBytes, requests } = await client.sync(bench.nginx);
      await mustHold(client.out, next);
      const takes = { wallMs, cpuMs };
      const label = "datahubsync, package and patch";
      return { label, makes: making.steps[0]!, takes, bytes: wireBytes, requests };
    },
  },
  {
    needs: ["zsync", "zsyncmake"],
    async measure({ bench, folder, days: { days: [old, now] } }) {
      const site = join(folder, "site");
      await Deno.mkdir(site);
      await Deno.copyFile(now.path, join(site, "it.zip"));
      const making = await run(folder, '(cd "$SITE" && zsyncmake -q -u it.zip it.zip)', {
        SITE: site,
      });
      const { cost, sent } = await fetched(
        bench,
        site,
        () =>
          run(folder, 'zsync -q -i "$OLD" -o "$OUT" "$URL/it.zip.zsync" && sync -f "$OUT"', {
            OLD: old.path,
            OUT: join(folder, "it.zip"),
            URL: bench.nginx.url,
          }),
      );
      return { label: "zsync, the package", makes: making, takes: cost, ...sent };
    },
  },
  {
    needs: ["rsync"],
    async measure({ folder, days: { first, next } }) {
      const port = freePort();
      const config = join(folder, "rsyncd.conf");
      const words = `port = ${port}\nuse chroot = no\n[it]\npath = ${next}\nread only = yes\n`;
      await Deno.writeTextFile(config, words);
      const daemon = new Deno.Command("rsync", {
        args: ["--daemon", "--no-detach", "--address=127.0.0.1", `--config=${config}`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      try {
        const out = join(folder, "data");
        await run(folder, 'cp -a "$FIRST" "$OUT"', { FIRST: first, OUT: out });
        await untilListening(port);
        await settle(folder);
        const takes = await run(
          folder,
          'rsync -a --delete --stats "$URL" "$OUT/" >"$STATS" && sync -f "$OUT"',
          { URL: `rsync://127.0.0.1:${port}/it/`, OUT: out, STATS: join(folder, "stats") },
        );
        return {
          label: "rsync and its daemon",
          takes,
          bytes: await rsyncBytes(join(folder, "stats")),
        };
      } finally {
        daemon.kill("SIGTERM");
        await daemon.status;
      }
    },
  },
  {
    needs: ["xdelta3", "tar"],
    async measure({ bench, folder, days: { first, next } }) {
      const site = join(folder, "site");
      await Deno.mkdir(site);
      for (const [name, from] of [["old.tar", first], ["new.tar", next]]) {
        await run(folder, 'tar --sort=name -C "$FROM" -cf "$TO" .', {
          FROM: from!,
          TO: join(folder, name!),
        });
      }
      const env = { OLD: join(folder, "old.tar"), NEW: join(folder, "new.tar"), SITE: site };
      const makes = await run(
        folder,
        'xdelta3 -q -e -9 -B 1073741824 -s "$OLD" "$NEW" "$SITE/it"',
        env,
      );
      const { cost, sent } = await fetched(bench, site, () =>
        run(
          folder,
          'curl -sSf "$URL/it" -o it && xdelta3 -q -d -B 1073741824 -s "$OLD" it it.tar && sync -f it.tar',
          { ...env, URL: bench.nginx.url },
        ));
      return { label: "xdelta3, tar to tar", makes, takes: cost, ...sent };
    },
  },
  {
    needs: ["bsdiff", "bspatch", "tar"],
    async measure({ bench, folder, days: { days, first, next } }) {
      const site = join(folder, "site");
      await Deno.mkdir(site);
      const env = { FIRST: first, NEXT: next, SITE: site };
      const makes = await run(
        folder,
        `echo > none; mkdir differences && for f in "$NEXT"/*; do n=\${f##*/}; old=$FIRST/$n; ` +
          '[ -e "$old" ] || old=none; bsdiff "$old" "$f" "differences/$n"; done && ' +
          'tar -C differences -cf "$SITE/it.tar" .',
        env,
      );
      const { cost, sent } = await fetched(bench, site, () =>
        run(
          folder,
          'echo > none; mkdir came out && curl -sSf "$URL/it.tar" | tar -C came -x && for f in came/*; do ' +
            'n=${f##*/}; old=$FIRST/$n; [ -e "$old" ] || old=none; ' +
            'bspatch "$old" "out/$n" "$f"; done && sync -f out',
          { ...env, URL: bench.nginx.url },
        ));
      await mustHold(join(folder, "out"), days[1]);
      return { label: "bsdiff, file by file", makes, takes: cost, ...sent };
    },
  },
  {
    needs: ["casync"],
    async measure({ bench, folder, days: { first, next } }) {
      const site = join(folder, "site");
      await Deno.mkdir(site);
      const makes = await run(
        folder,
        'casync make --without=all --store="$SITE/it.castr" "$SITE/it.caidx" "$NEXT" >/dev/null',
        { SITE: site, NEXT: next },
      );
      const { cost, sent } = await fetched(bench, site, () =>
        run(
          folder,
          'casync extract --without=all --seed="$FIRST" --store="$URL/it.castr" "$URL/it.caidx" out && sync -f out',
          { FIRST: first, URL: bench.nginx.url },
        ));
      return { label: "casync, folder to folder", makes, takes: cost, ...sent };
    },
  },
];

/** One section. */
export async function* patchPeers(bench: Bench): AsyncGenerator<Section> {
  const days = await patchDays(bench, PROFILE);
  const rows: string[][] = [];
  const failed: string[] = [];
  for (const { needs, measure } of PROGRAMS) {
    const [missing] = needs.filter((program) => !isThere(program));
    if (missing !== undefined) {
      failed.push(`- not installed: ${missing}`);
      continue;
    }
    const name = needs[0] ?? "datahubsync";
    bench.say(`patch-peers: ${name}`);
    try {
      const row = await bench.workplace.within((folder) => measure({ bench, folder, days }));
      rows.push(cellsOf(row));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failed.push(`- failed: ${name}: ${why.split("\n").join(" / ")}`);
    }
  }
  const [, now] = days.days;
  yield {
    id: "patch peers",
    title: `The next day of \`${now.name}\` by patch and by other programs`,
    body: [
      "One round, near. What each needs at the other end is made before, and measured apart: of datahubsync the package is in it. Everybody has the day before.",
      "",
      table(["", "makes s", "CPU s", "takes s", "CPU s", "wire MB", "requests"], rows),
      ...(failed.length > 0 ? ["", ...failed] : []),
    ].join("\n"),
  };
}

function cellsOf({ label, makes, takes, bytes, requests }: Row): string[] {
  return [
    label,
    makes ? seconds(makes.wallMs) : "–",
    makes ? seconds(makes.cpuMs) : "–",
    seconds(takes.wallMs),
    seconds(takes.cpuMs),
    megabytes(bytes),
    requests === undefined ? "–" : String(requests),
  ];
}

/** What something costs that fetches from nginx. */
async function fetched(bench: Bench, site: string, fetch: () => Promise<Cost>) {
  await bench.nginx.show({ folder: site } as Package);
  await bench.nginx.sent();
  const cost = await fetch();
  return { cost, sent: await bench.nginx.sent() };
}

async function run(folder: string, step: string, env: Record<string, string>): Promise<Cost> {
  return (await measure({ steps: [step], env, folder })).steps[0]!;
}

async function rsyncBytes(path: string): Promise<number> {
  const text = await Deno.readTextFile(path);
  const number = (name: string) =>
    Number(new RegExp(`Total bytes ${name}: ([\\d,.]+)`).exec(text)?.[1]?.replace(/[,.]/g, ""));
  return number("received") + number("sent");
}

function isThere(program: string): boolean {
  return new Deno.Command("bash", { args: ["-c", `command -v ${program}`] }).outputSync().success;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
