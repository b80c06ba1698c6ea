/**
 * What a hub offers and how it answers an undisturbed request: its datasets, catalog, packages.
 *
 * @module
 */
import { type Answer, jsonAnswer, statusAnswer } from "./answer.ts";
import { packageBody, textBody } from "./body.ts";
import type { Fault } from "./fault.ts";
import {
  announcedAt,
  builtAt,
  catalogEntry,
  etagOf,
  fileNameOf,
  type HubDataset,
  stampOf,
} from "./hub_dataset.ts";
import { type HubKind, packageAnswer, type ServedPackage } from "./package_answer.ts";
import type { HubRequest } from "./request_parser.ts";

/** Changes a package on its way out; gets what the faults made of it so far. */
export type PackageChange = (served: ServedPackage) => Promise<ServedPackage> | ServedPackage;

/** The datasets of one hub. */
export class Offering {
  readonly kind: HubKind;
  readonly datasets: Map<string, HubDataset>;
  /** The catalog's text, when it isn't to be the true one. */
  catalog: string | undefined;

  constructor(kind: HubKind, datasets: Iterable<[string, HubDataset]>) {
    this.kind = kind;
    this.datasets = new Map(datasets);
  }

  /** Answers a request for `path`, which is the request's own or the one behind a signed link. */
  async answer(
    request: HubRequest,
    path: string,
    faults: { stale: Fault | undefined; changes: readonly PackageChange[] },
  ): Promise<Answer> {
    const deployed = this.kind === "deployed";
    if (request.method !== "GET" && (deployed || request.method !== "HEAD")) {
      return statusAnswer(deployed ? 501 : 405);
    }
    if (path === "/health") return jsonAnswer(200, { status: "ok" });
    if (path === "/api/datasets") return await this.#catalogAnswer();
    const name = datasetOf(path);
    const dataset = name === undefined ? undefined : this.datasets.get(name);
    if (name === undefined || dataset?.package === undefined) return statusAnswer(404);
    let served = await serve(name, dataset, faults.stale);
    for (const change of faults.changes) served = await change(served);
    return packageAnswer(this.kind, served, request);
  }

  /** Lets the package that a path asks for be replaced, ten minutes later by its stamp. */
  async replace(path: string, fault: Fault): Promise<ServedPackage | undefined> {
    const name = datasetOf(path);
    const dataset = name === undefined ? undefined : this.datasets.get(name);
    if (name === undefined || dataset === undefined) return undefined;
    const next: HubDataset = { ...dataset, built: new Date(builtAt(dataset).getTime() + 600_000) };
    if (fault.package !== undefined) next.package = fault.package;
    if (fault.version !== undefined) next.version = fault.version;
    if (fault.other !== undefined) next.fileName = fault.other;
    this.datasets.set(name, next);
    return await serve(name, next);
  }

  async #catalogAnswer(): Promise<Answer> {
    const entries = [...this.datasets].map(([name, dataset]) => catalogEntry(name, dataset));
    const answer = jsonAnswer(200, { datasets: await Promise.all(entries) });
    if (this.catalog !== undefined) answer.body = textBody(this.catalog);
    return answer;
  }
}

async function serve(name: string, dataset: HubDataset, stale?: Fault): Promise<ServedPackage> {
  const built = stale
    ? new Date(announcedAt(dataset).getTime() - (stale.ms ?? 3600_000))
    : builtAt(dataset);
  return {
    fileName: stale ? `${name}_${stampOf(built)}.zip` : fileNameOf(name, dataset),
    body: await packageBody(dataset.package!),
    etag: await etagOf(dataset),
    modified: new Date(Math.floor(built.getTime() / 1000) * 1000),
  };
}

/** The dataset whose package a path asks for. */
function datasetOf(path: string): string | undefined {
  const [, name] = /\/package\/([^/?]+)\.zip$/.exec(path) ?? [];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
