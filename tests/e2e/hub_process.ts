/**
 * A hub in a process of its own, for tests that put it behind a link: offers one package on port 8080
 * of every address, at so many bytes a second (default 1 MB).
 *
 * @module
 */
import { FaultyHub } from "../support/faulty_hub/hub.ts";

const bytes = await Deno.readFile(Deno.args[0]!);
const dataset = { version: "2026-01-05T20:15:00", package: bytes };
new FaultyHub({
  kind: "modern",
  hostname: "0.0.0.0",
  port: 8080,
  bytesPerSecond: Number(Deno.args[1] ?? 1 << 20),
  datasets: { "stock-trading-data-pro": dataset },
});
console.log("ready");
