/**
 * Joins the program's modules into few: the runtime loads hundreds of small files, the parts of npm
 * packages that nothing uses among them, in a quarter of a run with nothing to do.
 *
 * Measured, CPU time and memory of the binary, before and after: `--version` 51 and 37 ms, 74 and
 * 57 MB; nothing to do with 5,600 files 164 and 121 ms, 90 and 71 MB; a first sync of 5,400 small files
 * 1.30 and 1.19 s, 125 and 105 MB. Without the sources' blanks, nothing to do takes 3 ms less. Names
 * stay, and source maps lead to the lines: otherwise an error of a user's says nothing.
 *
 * Guarantees: what a command imports only when it is called stays in a file of its own; equal sources
 * give equal files; a file beside the program is found from wherever the code that reads it went; what
 * couldn't run in the binary stops the build.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { basename, dirname, join, relative } from "node:path";

/** What is joined. */
export interface BundleOptions {
  /** The program's tree, with its packages in `node_modules`; the result goes there, too. */
  root: string;
  /** The workers, relative to the root. */
  workers: readonly string[];
}

/** What came out. */
export interface Bundled {
  /** The source maps, beside what they are of. */
  maps: string[];
}

/**
 * Joins `main.ts` and the workers. Throws with esbuild's words when it can't. In a process of its own:
 * esbuild's `stop()` doesn't wait until its service has ended.
 */
export async function bundle(options: BundleOptions): Promise<Bundled> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", import.meta.filename!, JSON.stringify(options)],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function joinModules({ root, workers }: BundleOptions): Promise<Bundled> {
  try {
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: ["main.ts", ...workers],
      entryNames: "[name]",
      outdir: root,
      bundle: true,
      splitting: true,
      format: "esm",
      target: "esnext",
      platform: "neutral",
      mainFields: ["module", "main"],
      // Without "node": `yaml`'s ES modules are loaded in half of the time of its CommonJS ones.
      conditions: ["deno", "import", "default"],
      external: ["node:*"],
      legalComments: "none",
      // A quarter of what is read at each start.
      minifyWhitespace: true,
      minifySyntax: true,
      // So that stacks name the sources. The runtime opens those on the disk for what nobody caught: not
      // below the temporary folder, where anybody may have put a pipe of that name.
      sourcemap: "linked",
      sourcesContent: false,
      sourceRoot: "file:///datahubsync/",
      metafile: true,
      logLevel: "silent",
      plugins: [filesBeside(root), lateTables()],
    });
    refuseRequires(metafile);
    return { maps: Object.keys(metafile.outputs).filter((name) => name.endsWith(".map")).sort() };
  } finally {
    await esbuild.stop();
  }
}

/** The file that a worker becomes. */
export function bundledWorker(worker: string): string {
  return basename(worker).replace(/\.ts$/, ".js");
}

/** Leads `new URL("…", import.meta.url)` of each source to the same file from the joined ones. */
function filesBeside(root: string): esbuild.Plugin {
  return {
    name: "files beside",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = relative(root, path);
        return { contents: urlsFromRoot(await Deno.readTextFile(path), source), loader: "ts" };
      });
    },
  };
}

/** A source whose URLs of files beside it are based on the root. `path` is its own, relative to that. */
export function urlsFromRoot(text: string, path: string): string {
  const moved = text.replace(/new URL\("([^"]+)", import\.meta\.url\)/g, (_, url: string) => {
    const file = join(dirname(path), url);
    const there = file.endsWith("_worker.ts") ? bundledWorker(file) : file;
    return `new URL("./${there}", import.meta["url"])`;
  });
  const other = /import\.meta\.(?!main\b)\w+/.exec(moved)?.[0];
  if (other !== undefined) {
    throw new Error(`${path}: expected new URL("file", import.meta.url), found ${other}`);
  }
  return moved;
}

/** What `string-width` makes when it is loaded, and how it makes the same when it first needs it. */
const EARLY: readonly [RegExp, string][] = [
  [
    /^const segmenter = (new Intl\.Segmenter\(\));$/m,
    "let late1; const segmenter = { segment: (text) => (late1 ??= $1).segment(text) };",
  ],
  [
    /^const emojiPrefixRegex = \/(.*)\/v;$/m,
    "let late2; const prefix = () => late2 ??= new RegExp(String.raw`$1`, 'v');" +
    "const emojiPrefixRegex = { exec: (text) => prefix().exec(text), test: (text) => prefix().test(text) };",
  ],
];

/**
 * The tables of `string-width` take 50 ms of CPU when it is loaded, and `text_width.ts` seldom needs
 * them: in the program they are made when they are first used.
 */
function lateTables(): esbuild.Plugin {
  return {
    name: "late tables",
    setup(build) {
      build.onLoad({ filter: /\/string-width\/index\.js$/ }, async ({ path }) => {
        let contents = await Deno.readTextFile(path);
        for (const [early, late] of EARLY) {
          if (!early.test(contents)) throw new Error(`${path}: expected ${early}`);
          contents = contents.replace(early, late);
        }
        return { contents, loader: "js" };
      });
    },
  };
}

/** A package that fetches a part of the runtime with `require()` would fail when it is loaded. */
function refuseRequires({ inputs }: esbuild.Metafile): void {
  for (const [path, { imports }] of Object.entries(inputs)) {
    const found = imports.find(({ kind, external }) => external && kind === "require-call");
    if (found) throw new Error(`${path}: require("${found.path}") isn't there in ES modules`);
  }
}

if (import.meta.main) {
  try {
    console.log(JSON.stringify(await joinModules(JSON.parse(Deno.args[0]!))));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 1;
  }
}
