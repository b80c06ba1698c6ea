/**
 * The rounds of `pack`: each folder, then the signature.
 *
 * Guarantees: a folder that can't be packed doesn't hold up the others, and stays in the signed catalog
 * as it was; a repeated complaint is printed once.
 *
 * @module
 */
import { DataHubSyncError } from "../../errors.ts";
import { sleep } from "../../hub/retry/sleep.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import type { PackContext, PackOptions, PackReport } from "../../pack/options.ts";
import { packFolder } from "../../pack/pack_folder.ts";
import { jsonText } from "../../plain_text.ts";
import { bytesText } from "../../units.ts";
import { EXIT, exitCodeOfError } from "../command/exit_code.ts";
import {
  isSigned,
  lineOf as signatureLine,
  signAfter,
  signatureDocument,
  type Signing,
  warningsOf,
} from "./pack_signing.ts";
import { errorLines, say, warningLine } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { testStop } from "../command/test_stop.ts";

/** Options for the rounds. */
interface RoundOptions {
  json: boolean;
  changesOnly: boolean;
  signal: AbortSignal;
  signing: Signing | undefined;
}

/** Packs all folders, once or again and again. */
export class Rounds {
  readonly #jobs: readonly PackOptions[];
  readonly #terminal: Terminal;
  readonly #options: RoundOptions;
  /** The last complaint about each dataset, so that packing every minute doesn't repeat it. */
  readonly #said = new Map<string, string>();

  /** Packs nothing yet. */
  constructor(jobs: readonly PackOptions[], terminal: Terminal, options: RoundOptions) {
    this.#jobs = jobs;
    this.#terminal = terminal;
    this.#options = options;
  }

  /** One round; the exit code. */
  async run(): Promise<number> {
    const { json, changesOnly, signal } = this.#options;
    let code: number = EXIT.ok;
    const packed: string[] = [];
    for (const job of this.#jobs) {
      const context: PackContext = {
        clock: Date.now,
        sleep: (ms) => sleep(ms, signal),
        warn: (message) => this.#complain(`warning ${job.name}`, warningLine(message)),
        signal,
        ...testStop(),
      };
      try {
        const report = await packFolder(job, context);
        this.#said.delete(job.name);
        packed.push(job.name);
        if (changesOnly && !report.changed) continue;
        this.#terminal.out(`${json ? jsonText(documentOf(report)) : lineOf(report)}\n`);
      } catch (error) {
        if (signal.aborted && error === signal.reason) break;
        if (!(error instanceof DataHubSyncError)) throw error;
        this.#complain(job.name, errorLines(error, job.name));
        code = Math.max(code, exitCodeOfError(error));
      }
    }
    return signal.aborted ? code : Math.max(code, await this.#sign(packed));
  }

  /** Signs what was packed; the exit code. */
  async #sign(packed: readonly string[]): Promise<number> {
    const { signing, json, changesOnly } = this.#options;
    const site = this.#jobs[0]!.output;
    if (signing === undefined) {
      if (await isSigned(site)) this.#complain("signature", warningLine(HUB_END.not_renewed()));
      return EXIT.ok;
    }
    try {
      const signature = await signAfter(site, packed, signing);
      const warnings = warningsOf(signature).map(warningLine);
      this.#complain("signature", warnings.join(""));
      if (changesOnly && !signature.changed) return EXIT.ok;
      const document = signatureDocument(signature, signing);
      this.#terminal.out(`${json ? jsonText(document) : signatureLine(signature, signing)}\n`);
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof DataHubSyncError)) throw error;
      this.#complain("signature", errorLines(error));
      return exitCodeOfError(error);
    }
  }

  #complain(about: string, text: string): void {
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    this.#terminal.err(text);
  }
}

function lineOf(report: PackReport): string {
  const { name, version, changed, files, packageSize, patchSize } = report;
  const said = { name, files, size: bytesText(packageSize), version };
  if (!changed) return say(HUB_END.nothing_new, said);
  const patch = patchSize === undefined
    ? ""
    : say(HUB_END.and_patch, { size: bytesText(patchSize) });
  return say(HUB_END.packed, { ...said, patch });
}

function documentOf(report: PackReport): Record<string, unknown> {
  const { packageSize, patchSize, ...rest } = report;
  return {
    ...rest,
    package_size: packageSize,
    ...(patchSize !== undefined && { patch_size: patchSize }),
  };
}
