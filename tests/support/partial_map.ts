/**
 * What a run has noted of a partial.
 *
 * @module
 */
import { PartialMap } from "../../src/store/partial_map.ts";

/** The ranges that a map tells of, from and up to a byte; none where there is no map. */
export async function mappedRanges(path: string): Promise<[start: number, end: number][]> {
  const map = await PartialMap.read(path);
  return map.state === "sound" ? map.value["have"] as [number, number][] : [];
}
