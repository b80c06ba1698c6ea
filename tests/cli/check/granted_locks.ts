/**
 * A program of its own, for which the kernel grants every lock: what `--check` says of that.
 *
 * @module
 */
import { assertTold, healthyPlace } from "./healthy_place.ts";

await using place = await healthyPlace();
await assertTold(place, {
  check: "folder.locks",
  verdict: "warning",
  message: /: locks aren't honoured there: two machines could sync it at once$/,
  remedy: `let one machine sync this folder; which file system it is: stat -f -c %T ${place.data}`,
});
