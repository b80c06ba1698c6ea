/**
 * Packing a folder of profile `pro`: the first time, with nothing changed, and the next day, on which
 * 95 % of the files got a row, with its patch; against programs that make a ZIP of all of it.
 *
 * @module
 */
import { join } from "node:path";
import type { Package } from "../datasets.ts";
import { PACK } from "../goals.ts";
import { measure } from "../measure.ts";
import { pythonPath } from "../peers.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { judged, megabytes, seconds, table, times } from "../table.ts";
import { settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { pack as packIt, siteOf, unpacked } from "./pack_site.ts";

const PROFILE = "pro";
const ZIPFILE = '"$PYTHON" -c "import os, sys, zipfile\n' +
  "root, path = sys.argv[1:]\n" +
  "with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:\n" +
  "  for folder, _, names in os.walk(root):\n" +
  "    for name in sorted(names):\n" +
  "      full = os.path.join(folder, name)\n" +
  '      archive.write(full, os.path.relpath(full, root))" "$IN" "$OUT"';

/** Programs that pack `$IN` into `$OUT`, the first of them the yardstick. */
const PEERS: readonly { needs: string; label: string; command: string }[] = [
  { needs: "python3", label: "Python's zipfile", command: ZIPFILE },
  { needs: "zip", label: "zip -r", command: '(cd "$IN" && zip -q -r "$OUT" .)' },
  { needs: "7zz", label: "7zz a -tzip", command: '(cd "$IN" && 7zz a -tzip -bd -y "$OUT" .)' },
];

/** One section. */
export async function* pack(bench: Bench): AsyncGenerator<Section> {
  bench.say(`pack: ${PROFILE}`);
  const day = await bench.datasets.get(PROFILE, "next");
  const first = await unpacked(bench, await bench.datasets.get(PROFILE));
  const next = await unpacked(bench, day);
  const standings = await interleave([
    packing(bench, "pack, the first day", [first]),
    packing(bench, "pack, nothing changed", [next, next]),
    packing(bench, "pack, the next day, with its patch", [first, next]),
    ...PEERS.filter(({ needs }) => bench.versions.has(needs)).map((peer) =>
      zipping(bench, next, peer)
    ),
  ], bench);
  yield { id: "pack", title: `Packing \`${PROFILE}\``, body: packTable(day, standings) };
}

/** The last of the folders is measured; `wireBytes` is the package's length. */
function packing(bench: Bench, label: string, inputs: readonly string[]): Contestant {
  return {
    id: label,
    label,
    run: () =>
      bench.workplace.within(async (folder) => {
        const site = await siteOf(folder, PROFILE, inputs.slice(0, -1));
        await settle(folder);
        const { steps, ...peaks } = await packIt(folder, {
          input: inputs.at(-1)!,
          site,
          name: PROFILE,
        });
        const { size } = await Deno.stat(join(site, "package", `${PROFILE}.zip`));
        return { ...steps[0]!, ...peaks, wireBytes: size, requests: 0 };
      }),
  };
}

function zipping(
  bench: Bench,
  input: string,
  { label, command }: { label: string; command: string },
): Contestant {
  return {
    id: label,
    label: `${label}, sync -f`,
    run: () =>
      bench.workplace.within(async (folder) => {
        const out = join(folder, "package.zip");
        const { steps, ...peaks } = await measure({
          steps: [`${command} && sync -f "$OUT"`],
          env: { IN: input, OUT: out, PYTHON: await pythonPath() },
          folder,
        });
        return { ...steps[0]!, ...peaks, wireBytes: (await Deno.stat(out)).size, requests: 0 };
      }),
  };
}

function packTable(next: Package, standings: Standing[]): string {
  const wall = (run: Run) => run.wallMs;
  const python = standings.find(({ id }) => id === PEERS[0]!.label);
  const [slow, large] = [middle(python, wall), middle(python, (run) => run.wireBytes)];
  const rows = standings.map((one, index) => {
    const [took, size] = [middle(one, wall), middle(one, (run) => run.wireBytes)];
    const peak = middle(one, (run) => run.peakBytes);
    const ours = index < 3;
    const faster = took && slow ? slow / took : undefined;
    return [
      one.label,
      index === 1
        ? judged(seconds(took), took === undefined ? undefined : took < PACK.nothingMs)
        : seconds(took),
      seconds(middle(one, (run) => run.cpuMs)),
      ours
        ? judged(megabytes(peak), peak === undefined ? undefined : peak <= PACK.peakBytes)
        : megabytes(peak),
      ours ? judged(megabytes(size), size && large ? size <= large : undefined) : megabytes(size),
      index === 2
        ? judged(times(slow, took), faster === undefined ? undefined : faster >= PACK.faster)
        : one === python
        ? ""
        : times(slow, took),
    ];
  });
  const head = ["", "wall s", "CPU s", "peak MB", "package MB", "against zipfile"];
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ label, failure }) => `- failed: ${label}: ${failure!.split("\n").join(" / ")}`);
  return [
    `${next.fileCount} files, ${
      megabytes(next.totalSize)
    } MB. To reach: the next day ${PACK.faster}× ` +
    `zipfile and no larger, nothing changed in ${seconds(PACK.nothingMs)} s, ${
      megabytes(PACK.peakBytes)
    } MB.`,
    "",
    table(head, rows),
    ...(failed.length > 0 ? ["", ...failed] : []),
  ].join("\n");
}
