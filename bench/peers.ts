/**
 * The tools that a user would pick instead: how each is called, and which version is here.
 *
 * @module
 */

/** Another way to fetch a package from `$URL` and unpack it into `$OUT`, with `$ZIP` for the package. */
export interface Peer {
  id: string;
  label: string;
  /** Programs that it needs. */
  needs: string[];
  command: string;
}

/** All of them, in the order of the table. */
export const PEERS: readonly Peer[] = [
  {
    id: "unzip",
    label: "curl, then unzip",
    needs: ["curl", "unzip"],
    command: 'curl -sSf -o "$ZIP" "$URL" && unzip -q "$ZIP" -d "$OUT"',
  },
  {
    id: "pipe",
    label: "curl piped into bsdtar",
    needs: ["curl", "bsdtar"],
    command: 'curl -sSf "$URL" | bsdtar -xf - -C "$OUT"',
  },
  {
    id: "bsdtar",
    label: "curl, then bsdtar",
    needs: ["curl", "bsdtar"],
    command: 'curl -sSf -o "$ZIP" "$URL" && bsdtar -xf "$ZIP" -C "$OUT"',
  },
  {
    id: "7zz",
    label: "curl, then 7zz",
    needs: ["curl", "7zz"],
    command: 'curl -sSf -o "$ZIP" "$URL" && 7zz x -y -bd -o"$OUT" "$ZIP"',
  },
  {
    id: "aria2c",
    label: "aria2c -x16, then unzip",
    needs: ["aria2c", "unzip"],
    command: 'aria2c -q -x16 -s16 -d "${ZIP%/*}" -o "${ZIP##*/}" "$URL" && ' +
      'unzip -q "$ZIP" -d "$OUT"',
  },
  {
    id: "python",
    label: "Python: urllib, extractall",
    needs: ["python3"],
    // The whole answer in memory, then a file, then extractall: what the client v2.0 did.
    command: '"$PYTHON" -c "import sys, urllib.request, zipfile\n' +
      "url, path, out = sys.argv[1:]\n" +
      "with urllib.request.urlopen(url) as answer: data = answer.read()\n" +
      "with open(path, 'wb') as file: file.write(data)\n" +
      'with zipfile.ZipFile(path) as archive: archive.extractall(out)" "$URL" "$ZIP" "$OUT"',
  },
  {
    id: "loop",
    label: "a plain loop in our runtime",
    needs: [],
    command: '"$DENO" run -A --no-check "$LOOP" "$URL" "$OUT"',
  },
  {
    id: "loops",
    label: "two of them, half of the entries each",
    needs: [],
    command: '"$DENO" run -A --no-check "$LOOP" "$URL" "$OUT" 0 2 & one=$!; ' +
      '"$DENO" run -A --no-check "$LOOP" "$URL" "$OUT" 1 2 && wait $one',
  },
];

/** Asks whether the package is newer than the one that it has, then unpacks all of it. */
export const WGET: Peer = {
  id: "wget",
  label: "wget -N, then unzip",
  needs: ["wget", "unzip"],
  command: 'wget -q -N -P "${ZIP%/*}" "$URL" && unzip -q -o "${ZIP%/*}/${URL##*/}" -d "$OUT"',
};

const VERSION_COMMANDS: Record<string, string> = {
  nginx: "PATH=$PATH:/usr/sbin nginx -v",
  curl: "curl --version",
  unzip: "unzip -v",
  bsdtar: "bsdtar --version",
  "7zz": "7zz i",
  aria2c: "aria2c --version",
  wget: "wget --version",
  python3: "python3 --version",
  zip: "zip --version",
  zsync: "zsync -V",
  rsync: "rsync --version",
  xdelta3: "xdelta3 -V",
  casync: "casync --version",
};

/** Which programs are here, with the first words that they say about themselves. */
export async function versions(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [program, command] of Object.entries(VERSION_COMMANDS)) {
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `PATH=$PATH:/usr/sbin command -v ${program} >&2 2>/dev/null && ${command}`],
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const line = said.split("\n").find((line) => /\d+\.\d+/.test(line));
    const version = /\d+(\.\d+)+/.exec(line ?? "")?.[0];
    if (version !== undefined) found.set(program, version);
  }
  return found;
}

/** The interpreter itself, so that a version manager's start script isn't measured. */
export async function pythonPath(): Promise<string> {
  const { success, stdout } = await new Deno.Command("bash", {
    args: ["-c", "python3 -c 'import sys; print(sys.executable)' 2>/dev/null"],
  }).output();
  return success ? new TextDecoder().decode(stdout).trim() : "python3";
}
