/**
 * Writes `docs/config.schema.json` out of the loader's list of keys.
 *
 * @module
 */
import { configSchema } from "../src/config/schema.ts";

if (import.meta.main) {
  const path = new URL("../docs/config.schema.json", import.meta.url);
  await Deno.writeTextFile(path, `${JSON.stringify(configSchema(), null, 2)}\n`);
}
