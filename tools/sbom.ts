/**
 * The list of what is in the binary, in SPDX 2.3: this project, the Deno runtime, every npm package with
 * its licence and the digest of the archive that it came in.
 *
 * Guarantees that equal builds give equal documents: the time is the commit's, the namespace is made of
 * the binary's digest.
 *
 * @module
 */
import { join } from "node:path";
import type { BuiltFrom } from "../src/version.ts";
import { type EmbeddedPackage, packageFolder } from "./embedded.ts";

/** What the list is about. */
export interface SbomOptions {
  info: BuiltFrom;
  packages: readonly EmbeddedPackage[];
  /** The `npm` folder of Deno's cache. */
  npm: string;
  /** `deno.lock`, parsed: where the digests are. */
  lock: { npm: Record<string, { integrity?: string }> };
  /** SHA-256 of the binary. */
  sha256: string;
  /** When the commit was made. */
  time: Date;
}

/** Makes the document. Throws when a package isn't in Deno's cache. */
export async function makeSbom(options: SbomOptions): Promise<Record<string, unknown>> {
  const { info, sha256, time } = options;
  const npm = await Promise.all(options.packages.map((embedded) => describeNpm(embedded, options)));
  const packages = [
    {
      SPDXID: "SPDXRef-datahubsync",
      name: "datahubsync",
      versionInfo: info.version,
      sourceInfo: `commit ${info.commit ?? "unknown"}`,
      licenseDeclared: "MIT",
      checksums: [{ algorithm: "SHA256", checksumValue: sha256 }],
      ...COMMON,
    },
    {
      SPDXID: "SPDXRef-deno",
      name: "deno",
      versionInfo: info.deno,
      licenseDeclared: "MIT",
      externalRefs: [purl(`pkg:github/denoland/deno@v${info.deno}`)],
      ...COMMON,
      downloadLocation: `https://github.com/denoland/deno/releases/tag/v${info.deno}`,
    },
    ...npm,
  ];
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `datahubsync-${info.version}-${info.target}`,
    documentNamespace: `https://spdx.org/spdxdocs/datahubsync-${info.version}-${sha256}`,
    creationInfo: {
      created: time.toISOString().replace(/\.\d+Z$/, "Z"),
      creators: ["Tool: datahubsync tools/release.ts"],
    },
    documentDescribes: ["SPDXRef-datahubsync"],
    packages,
    relationships: packages.slice(1).map(({ SPDXID }) => ({
      spdxElementId: "SPDXRef-datahubsync",
      relationshipType: "CONTAINS",
      relatedSpdxElement: SPDXID,
    })),
  };
}

const COMMON = {
  filesAnalyzed: false,
  downloadLocation: "NOASSERTION",
  licenseConcluded: "NOASSERTION",
  copyrightText: "NOASSERTION",
};

async function describeNpm(embedded: EmbeddedPackage, { npm, lock }: SbomOptions) {
  const { id, name, version } = embedded;
  const text = await Deno.readTextFile(join(packageFolder(npm, embedded), "package.json"));
  const { license } = JSON.parse(text) as { license?: string };
  return {
    SPDXID: `SPDXRef-npm-${`${name}-${version}`.replace(/[^A-Za-z0-9.-]+/g, "-")}`,
    name,
    versionInfo: version,
    licenseDeclared: license ?? "NOASSERTION",
    checksums: checksums(lock.npm[id]?.integrity),
    externalRefs: [purl(`pkg:npm/${name.replace("@", "%40")}@${version}`)],
    ...COMMON,
  };
}

/** npm's `sha512-…` in base64 as SPDX wants it, in hex. */
function checksums(integrity = ""): { algorithm: string; checksumValue: string }[] {
  const base64 = /^sha512-(.+)$/.exec(integrity)?.[1];
  if (!base64) return [];
  return [{ algorithm: "SHA512", checksumValue: Uint8Array.fromBase64(base64).toHex() }];
}

function purl(locator: string) {
  return { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: locator };
}
