/**
 * A peer as a contestant: the package into a fresh folder, unpacked there, and then flushed, which is
 * told apart, so that one run gives the figures with and without it.
 *
 * @module
 */
import { join } from "node:path";
import type { Package } from "../datasets.ts";
import type { Hub } from "../hubs.ts";
import { measure } from "../measure.ts";
import { type Peer, pythonPath } from "../peers.ts";
import type { Contestant } from "../rounds.ts";
import { mustHold } from "../workplace.ts";
import type { Bench } from "./bench.ts";

/** Makes a contestant out of a peer whose programs are here. */
export function peerRun(
  bench: Bench,
  peer: Peer,
  options: { shown: Package; hub?: Hub },
): Contestant {
  const { shown, hub = bench.nginx } = options;
  const run = async (folder: string, round: number) => {
    await hub.show(shown);
    const out = join(folder, "data");
    await Deno.mkdir(out);
    await hub.sent();
    const { steps, ...peaks } = await measure({
      steps: [peer.command, 'sync -f "$OUT"'],
      env: {
        URL: `${hub.url}/package/${shown.name}.zip`,
        OUT: out,
        ZIP: join(folder, "package.zip"),
        PYTHON: await pythonPath(),
        DENO: Deno.execPath(),
        LOOP: join(import.meta.dirname!, "..", "plain_loop.ts"),
      },
      folder,
    });
    const { bytes, requests } = await hub.sent();
    if (round === 1) await mustHold(out, shown);
    return { ...steps[0]!, flush: steps[1]!, ...peaks, wireBytes: bytes, requests };
  };
  return {
    id: peer.id,
    label: peer.label,
    run: (round) => bench.workplace.within((folder) => run(folder, round)),
  };
}

/** The programs of a peer that aren't here. */
export function missing(bench: Bench, peer: Peer): string[] {
  return peer.needs.filter((program) => !bench.versions.has(program));
}
