/**
 * The licence texts of everything in the binary: this project, the Deno runtime, the npm packages.
 * They ask to go wherever their code goes, so they are embedded, and lie beside it in a release.
 *
 * It guarantees a text for each npm package; for the Deno runtime it holds Deno's own and names the rest.
 *
 * @module
 */
import { join } from "node:path";
import { type EmbeddedPackage, packageFolder } from "./embedded.ts";
import { DENO_VERSION } from "./runtime.ts";

/** Where the texts are. */
export interface LicenseOptions {
  /** The checkout. */
  root: string;
  /** The `npm` folder of Deno's cache. */
  npm: string;
  packages: readonly EmbeddedPackage[];
}

/** All texts as one, in a fixed order. Throws when a package has none. */
export async function licenseTexts({ root, npm, packages }: LicenseOptions): Promise<string> {
  const own = await Deno.readTextFile(join(root, "LICENSE"));
  const parts = [
    section("DataHubSync", own),
    section(`Deno ${DENO_VERSION} (the runtime)`, denoLicense(own)),
  ];
  for (const embedded of packages) {
    const { name, version } = embedded;
    parts.push(section(`${name} ${version}`, await licenseOf(packageFolder(npm, embedded))));
  }
  return parts.join("\n");
}

/** The licence of the package in `folder`: its text, or what its `package.json` says. */
async function licenseOf(folder: string): Promise<string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const name = names.find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (name) return await Deno.readTextFile(join(folder, name));
  const { license, author, homepage } = JSON.parse(
    await Deno.readTextFile(join(folder, "package.json")),
  );
  if (!license) throw new Error(`${folder}: neither a licence file nor a word about it`);
  const by = typeof author === "string" ? author : author?.name;
  return [`License: ${license}`, by && `Author: ${by}`, homepage].filter(Boolean).join("\n");
}

/** Deno is under the same licence as this project (MIT) with its own line of copyright. */
function denoLicense(mit: string): string {
  return `${mit.replace(/^Copyright .*$/m, "Copyright 2018-2026 the Deno authors")}
It contains V8 (BSD-3-Clause, Copyright 2014 the V8 project authors) and Rust crates under MIT, Apache-2.0,
BSD, ISC, Zlib, Unicode and MPL-2.0 licences, listed with their sources at
https://github.com/denoland/deno/tree/v${DENO_VERSION} (Cargo.lock).`;
}

function section(title: string, text: string): string {
  return `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${text.trim()}\n`;
}
