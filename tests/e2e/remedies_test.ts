/**
 * Remedies that the binary prints and that a person types: each fault is made, its hint is read, typed
 * as it stands (with what `…`, FOLDER and SITE stand for filled in), and the command that failed then
 * works. Beside those of `--check` (`check_binary_test.ts`, `check_schedule_test.ts`), of the owner rule
 * (`owner_rule_test.ts`), of disks (`tests/store/take_back_test.ts`, `snapshot_ground_test.ts`) and of
 * certificates (`tests/hub/certificates_test.ts`), which are typed there.
 *
 * Longer than 250 lines because each remedy is a row.
 */
import assert from "node:assert/strict";
import { shellWord } from "../../src/shell_word.ts";
import { binaryPath } from "../support/binary.ts";
import { makeCertificates } from "../support/certificates.ts";
import { outcomeOf } from "../support/command.ts";
import { FilesHub } from "../support/files_hub.ts";
import { buildZip, type ZipInput } from "../support/zip_builder.ts";
import { installed } from "../support/installed.ts";
import { canMount, mount } from "../support/mounts.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

/** A fault and what helps; scripts run in a folder of their own, `$B` is the binary, `$U` the hub. */
interface Remedy {
  /** Makes the fault. */
  make?: string;
  /** The command that fails. */
  fails: string;
  /** What is to be typed: the first group of this, found in what it prints. */
  hint: RegExp;
  /** What is typed; default: the group. */
  type?: (found: string) => string;
  /** What works afterwards; default: `fails`. */
  works?: string;
  /** Programs that it takes. */
  needs?: string[];
  /** What the hub offers; default: `a.csv` and `b.csv`. */
  offers?: ZipInput[];
  /** Where another file system is mounted before all. */
  mounted?: string;
  /** Needs root. */
  root?: boolean;
  /** Of which kind; default: `tmpfs`. */
  disk?: "tmpfs" | "exfat";
}

const CONFIG =
  `printf 'hub: {url: "%s", retries: 0}\\ndatasets: [{name: d, local_dir: ./data}]\\n' $U ` +
  `> config.yaml`;
const DATA = "mkdir -p folder; echo 1 > folder/a.csv; echo 2 > folder/b.csv";
const PACK = "$B pack folder --output site";
const SNAPSHOT = "sed -i 's/name: d,/name: d, publish: snapshot,/' config.yaml";
const NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups";
/** `中文.csv` in GBK. */
const GBK_NAME = Uint8Array.of(0xd6, 0xd0, 0xce, 0xc4, ...new TextEncoder().encode(".csv"));
/** `Müller.csv` in CP437. */
const CP437_NAME = Uint8Array.of(0x4d, 0x81, ...new TextEncoder().encode("ller.csv"));
/** `данные.csv` in CP1251. */
const CP1251_NAME = Uint8Array.from("\xe4\xe0\xed\xed\xfb\xe5.csv", (byte) => byte.charCodeAt(0));

const OPTIONS = { tmpfs: "mode=755", exfat: "umask=022" };

function named(...paths: (string | Uint8Array)[]): ZipInput[] {
  return paths.map((path) => ({ path, content: new TextEncoder().encode("1\n") }));
}

const REMEDIES: Record<string, Remedy> = {
  "no configuration": {
    fails: "$B sync",
    hint: /make one with `(.*? init)`/,
    type: (found) => `${found} --hub-url $U`,
    works: "$B sync",
  },
  "a configuration that isn't there": {
    fails: "$B sync -c mine.yaml",
    hint: /make one with `(.*? init)`/,
    type: (found) => `${found} --hub-url $U --output mine.yaml`,
  },
  "an unknown dataset": {
    make: `${CONFIG}; sed -i 's/name: d/name: daily/' config.yaml`,
    fails: "$B sync -d dayly --dry-run",
    hint: /did you mean "(daily)"\?/,
    type: (found) => `$B list -d ${found} || true`,
    works: "$B convert daily",
  },
  "an unknown command": {
    make: CONFIG,
    fails: "$B snyc",
    hint: /did you mean (.* sync)\?/,
    works: "$B status",
  },
  "a command that comes too late": {
    make: CONFIG,
    fails: "$B --verbose status",
    hint: /hint: (.* status) …/,
    type: (found) => `${found} --offline`,
    works: "$B status --offline",
  },
  "an unknown option": {
    make: CONFIG,
    fails: "$B sync --dryrun",
    hint: /did you mean (--dry-run)\?/,
    type: (found) => `$B sync ${found}`,
    works: "$B sync",
  },
  "a file in init's place": {
    make: "echo mine > config.yaml",
    fails: "$B init --hub-url $U",
    hint: /replace it with (--force)/,
    type: (found) => `$B init --hub-url $U ${found}`,
    works: "$B sync",
  },
  "publish that the configuration contradicts": {
    make: `${CONFIG}; $B sync`,
    fails: "$B convert d --to snapshot",
    hint: /set `publish: snapshot` for it in .*, then: (.*)$/m,
    type: (found) => `sed -i 's/name: d,/name: d, publish: snapshot,/' config.yaml; ${found}`,
  },
  "another file in the report's place": {
    make: `${CONFIG}; $B sync; echo mine > r.html`,
    fails: "$B report --output r.html",
    hint: /name another file with (--output)/,
    type: (found) => `$B report ${found} other.html`,
    works: "test $(cat r.html) = mine",
  },
  "a number that confirms no changes": {
    make: `${CONFIG}; $B sync --changes=list`,
    fails: "$B changes --done all",
    hint: /`(.* changes --last)` prints it/,
    type: (found) => `${found} > number`,
    works: "$B changes --done $(cat number)",
  },
  "files that get would replace": {
    make: "mkdir there; echo mine > there/a.csv",
    fails: "$B get $U/package/d.zip there",
    hint: /(--adopt) \(adopt: true\) replaces them/,
    type: (found) => `$B get $U/package/d.zip there ${found}`,
  },
  "a header without a name": {
    fails: "$B get $U/package/d.zip there --header secret",
    hint: /(--header 'X-Api-Key: …')/,
    type: (found) => `$B get $U/package/d.zip there ${found.replace("…", "secret")}`,
    works: "test -e there/a.csv",
  },
  "no manifest to verify with": {
    make: CONFIG,
    fails: "$B verify --offline",
    hint: /(run a sync) first, or verify without --offline/,
    type: () => "$B sync",
  },
  "a manifest of a newer version": {
    make: `${CONFIG}; $B sync; M=.data.datahubsync/manifest; sed -i 's/"format":1/"format":99/' $M`,
    fails: "$B verify --offline",
    hint: /(remove the file) to start over/,
    type: () => "rm .data.datahubsync/manifest; $B sync --force",
  },
  "a state that is no JSON": {
    make: `${CONFIG}; $B sync; echo oops > .last_sync.json`,
    fails: "$B sync",
    hint: /fix it, or (remove it)/,
    type: () => "rm .last_sync.json",
  },
  "a work folder that is a link": {
    make: `${CONFIG}; mkdir elsewhere; ln -s elsewhere .data.datahubsync`,
    fails: "$B sync",
    hint: /hint: (?:.*: )?(mv .*|remove it and run again)$/m,
    type: (found) => found.startsWith("mv") ? found : "rm .data.datahubsync",
  },
  "a live version that is gone": {
    make: `${CONFIG}; sed -i 's/name: d,/name: d, publish: snapshot,/' config.yaml; $B sync; ` +
      "rm -r .data.datahubsync/versions/*",
    fails: "$B sync --force",
    hint: /(remove the link) .*data to start over/,
    type: () => "rm data",
  },
  "a folder where a snapshot's link should be": {
    make: `${CONFIG}; $B sync; sed -i 's/name: d,/name: d, publish: snapshot,/' config.yaml`,
    fails: "$B sync --force",
    hint: /(turn it into a snapshot) first/,
    type: () => "$B convert d",
  },
  "a file in the data's place": {
    make: `${CONFIG}; echo mine > data`,
    fails: "$B sync",
    hint: /(move the file away)/,
    type: () => "mv data mine",
  },
  "a folder in a file's place": {
    make: `${CONFIG}; mkdir -p data/a.csv; echo x > data/a.csv/mine`,
    fails: "$B sync",
    hint: /(move .* away|move it away)/i,
    type: () => "mv data/a.csv mine",
  },
  "serve without a site": {
    make: DATA,
    fails: "$B serve 'the site' --listen 127.0.0.1:0",
    hint: /hint: (.* pack FOLDER --output .*)$/m,
    type: (found) => found.replace("FOLDER", "folder"),
    works: "timeout 8 $B serve 'the site' --listen 127.0.0.1:0 2>&1 | grep -m 1 serving",
  },
  "serve without the token": {
    make: `${DATA}; ${PACK}`,
    fails: "$B serve site --token --listen 127.0.0.1:0",
    hint: /hint: (DATAHUBSYNC_TOKEN=… .* serve site --token)$/m,
    type: (found) =>
      `${found.replace("…", "secret")} --listen 127.0.0.1:0 & sleep 2; kill $!; wait`,
    works: "true",
  },
  "pack without a folder": {
    make: DATA,
    fails: "$B pack --output site",
    hint: /hint: (.* pack FOLDER --output SITE)$/m,
    type: (found) => found.replace("FOLDER", "folder").replace("SITE", "site"),
    works: "test -e site/package/folder.zip",
  },
  "a hub's address for get": {
    fails: "$B get $U/ there",
    hint: /follow it as a hub: (.* init --hub-url \S+); or in a configuration: hub\.url: /,
    works: "$B sync && test -e data/d/a.csv",
  },
  "pack without a site": {
    make: `mkdir 'my folder'; echo 1 > 'my folder/a.csv'`,
    fails: "$B pack 'my folder'",
    hint: /hint: (.* pack 'my folder' --output SITE)$/m,
    type: (found) => found.replace("SITE", "site"),
    works: "test -e site/api/datasets",
  },
  "pack of what is no file": {
    make: `${DATA}; ln -s a.csv "folder/it's [1] link"`,
    fails: PACK,
    hint: /leave them out: `(--exclude .*)`$/m,
    type: (found) => `${PACK} ${found}`,
    works: "test -e site/package/folder.zip",
  },
  "pack into its own folder": {
    make: DATA,
    fails: "$B pack folder --output folder/site",
    hint: /for example (--output .*)$/m,
    type: (found) => `$B pack folder ${found}`,
    works: "test -e hub/package/folder.zip",
  },
  "pack of a folder that lost most files": {
    make: `${DATA}; for n in 1 2 3 4 5 6 7 8 9; do echo $n > folder/$n.csv; done; ${PACK}; ` +
      "rm folder/[1-9].csv",
    fails: PACK,
    hint: /say so once: (--max-removed 100%)$/m,
    type: (found) => `${PACK} ${found}`,
  },
  "an authority in PKCS #12": {
    make: "openssl pkcs12 -export -nokeys -in ca.pem -passout pass: -out ca.p12; " +
      `${CONFIG}; sed -i 's/retries: 0/retries: 0, ca_file: .\\/ca.p12/' config.yaml`,
    fails: "$B sync",
    hint: /hint: (openssl pkcs12 .*)$/m,
    type: (found) => `echo | ${found}; sed -i 's/ca.p12/ca.p12.pem/' config.yaml`,
    needs: ["openssl"],
  },
  "an authority in PKCS #7": {
    make: "openssl crl2pkcs7 -nocrl -certfile ca.pem -out ca.p7; " +
      `${CONFIG}; sed -i 's/retries: 0/retries: 0, ca_file: .\\/ca.p7/' config.yaml`,
    fails: "$B sync",
    hint: /hint: (openssl pkcs7 .*)$/m,
    type: (found) => `${found}; sed -i 's/ca.p7/ca.p7.pem/' config.yaml`,
    needs: ["openssl"],
  },
  "a package that would replace the configuration": {
    make: `${CONFIG}; sed -i 's/\\.\\/data/./' config.yaml`,
    offers: named("config.yaml", "a.csv"),
    fails: "$B sync",
    hint: /or (exclude) that file$/m,
    type: (found) => `sed -i 's/name: d,/name: d, ${found}: [config.yaml],/' config.yaml`,
    works: "$B sync && test -e a.csv && grep -q 'name: d' config.yaml",
  },
  "a file system that is mounted inside": {
    make: `${CONFIG}; $B sync; ${SNAPSHOT}`,
    mounted: "data/sub",
    fails: "$B convert d",
    hint: /(unmount) it/,
    type: () => "umount data/sub",
    works: "$B convert d && test -L data && $B sync",
  },
  "a file system that is mounted inside, and files": {
    make: `${CONFIG}; $B sync; ${SNAPSHOT}`,
    mounted: "data/sub",
    fails: "$B convert d",
    hint: /or keep (publish: files) for this dataset/,
    type: (found) => `sed -i 's/publish: snapshot/${found}/' config.yaml`,
    works: "$B sync",
  },
  "a relative link that leads out": {
    make: `${CONFIG}; $B sync; mkdir mine; ln -s ../mine data/link; ${SNAPSHOT}`,
    fails: "$B convert d",
    hint: /(make it absolute), or remove it/,
    type: () => 'ln -sfn "$PWD/mine" data/link',
    works: "$B convert d && test -d data/link/ && $B sync",
  },
  "a relative link that leads out and goes": {
    make: `${CONFIG}; $B sync; mkdir mine; ln -s ../mine data/link; ${SNAPSHOT}`,
    fails: "$B convert d",
    hint: /make it absolute, or (remove it)/,
    type: () => "rm data/link",
    works: "$B convert d && test -L data",
  },
  "names in another encoding": {
    make: `${CONFIG}; sed -i 's/name: d,/name: d, filename_encoding: utf-8,/' config.yaml`,
    offers: named(GBK_NAME),
    fails: "$B sync",
    hint: /set filename_encoding of this dataset .*(gb18030)/,
    type: (found) => `sed -i 's/utf-8/${found}/' config.yaml`,
    works: "$B sync && test -e data/中文.csv",
  },
  "names that could be of two encodings": {
    make: CONFIG,
    offers: named(CP437_NAME),
    fails: "$B sync --verbose >out 2>&1; cat out; ! grep 'set filename_encoding' out",
    hint: /or (cp437) .*set filename_encoding of this dataset/,
    type: (found) => `sed -i 's/name: d,/name: d, filename_encoding: ${found},/' config.yaml`,
    works:
      "$B sync --force --verbose >out 2>&1 && ! grep filename_encoding out && test -e data/Müller.csv",
  },
  "names that are unusual in every encoding": {
    make: CONFIG,
    offers: named(CP1251_NAME),
    fails: "$B sync --verbose >out 2>&1; cat out; ! grep 'set filename_encoding' out",
    hint: /would be unusual ones.*set filename_encoding of this dataset .*(cp1251)/,
    type: (found) => `sed -i 's/name: d,/name: d, filename_encoding: ${found},/' config.yaml`,
    works:
      "$B sync --force --verbose >out 2>&1 && ! grep filename_encoding out && test -e data/данные.csv",
  },
  "a snapshot at a mount point": {
    make: `${CONFIG}; ${SNAPSHOT}`,
    mounted: "data",
    fails: "$B sync",
    hint: /(point local_dir to a folder below the mount point)/,
    type: () => "sed -i 's/\\.\\/data/.\\/data\\/d/' config.yaml",
    works: "$B sync && test -L data/d && test -e data/d/a.csv",
  },
  "a snapshot at a mount point, by --check": {
    make: `${CONFIG}; ${SNAPSHOT}`,
    mounted: "data",
    fails: "$B --check",
    hint: /→ set local_dir to a folder in it in .*?: (local_dir: .*)$/m,
    type: (found) => `sed -i 's,local_dir: ./data,${found},' config.yaml`,
    works: "$B sync && test -e data/d/a.csv && ! $B --check | grep 'of its own'",
  },
  "a snapshot on a disk without links": {
    make: `${CONFIG}; ${SNAPSHOT}; sed -i 's,./data,./disk/d,' config.yaml`,
    mounted: "disk",
    disk: "exfat",
    fails: "$B sync",
    hint: /set `(publish: files)` for this dataset/,
    type: (found) => `sed -i 's/publish: snapshot/${found}/' config.yaml`,
    works: "$B sync && test -e disk/d/a.csv",
  },
  "pack of a name that clients read as a path": {
    make: `${DATA}; echo 3 > 'folder/c\\d.csv'`,
    fails: PACK,
    hint: /leave it out: `(--exclude .*)`$/m,
    type: (found) => `${PACK} ${found}`,
    works: "test -e site/package/folder.zip",
  },
  "a log with a second name, by --check": {
    make: `${CONFIG}; echo 'logging: {file: ./sync.log, max_size: 10MB}' >> config.yaml; ` +
      "echo mine > mine; ln mine sync.log",
    fails: "$B --check",
    hint: /→ (mv .*)$/m,
    works: "$B --check && $B sync && test $(cat mine) = mine",
  },
  "a subfolder of another user": {
    make: `${CONFIG}; $B sync; echo x > data/sub/a.csv; chown -R nobody: .; chmod 755 .; ` +
      "chown root: data/sub",
    offers: named("sub/a.csv"),
    fails: `${NOBODY} $B sync --force`,
    hint: /(chown 65534 [^\s']+data\/sub)/,
    needs: ["setpriv"],
    root: true,
  },
  "a key that isn't there": {
    make: DATA,
    fails: `${PACK} --sign k`,
    hint: /hint: make one: (.* key k)$/m,
  },
  "a key that is none": {
    make: `${DATA}; echo mine > k; chmod 600 k`,
    fails: `${PACK} --sign k`,
    hint: /hint: make one in another file: (.* key k.new)$/m,
    works: `${PACK} --sign k.new && test $(cat k) = mine`,
  },
  "a key that others may read": {
    make: `${DATA}; $B key k; chmod 644 k`,
    fails: `${PACK} --sign k`,
    hint: /hint: (chmod 600 k)$/m,
  },
  "a key in a new key's place": {
    make: "$B key k",
    fails: "$B key k",
    hint: /or show this one with (--show)$/m,
    type: (found) => `$B key k ${found}`,
    works: "true",
  },
  "a signature of nothing that is renewed": {
    make: `${DATA}; $B key k; ${PACK}`,
    fails: "$B pack --resign --output site --sign k",
    hint: /hint: sign it first: (.* pack FOLDER --output .*site --sign KEY)$/m,
    type: (found) => found.replace("FOLDER", "folder").replace("KEY", "k"),
  },
  "a new key, and how to sign with it": {
    make: DATA,
    fails: "$B key 'my key'; false",
    hint: /^Sign with it: +(.* pack FOLDER --output SITE --sign 'my key')$/m,
    type: (found) => found.replace("FOLDER", "folder").replace("SITE", "site"),
    works: "test -e site/api/datasets.signed",
  },
  "a key without a file's name": {
    fails: "$B key ''",
    hint: /hint: (.* key \/root\/hub\.key)$/m,
    type: (found) => found.replace("/root/hub.key", "k"),
    works: "$B key --show k",
  },
  "an address that isn't the hub's root": {
    make: `${CONFIG}; sed -i "s,$U,$U/api/datasets," config.yaml`,
    fails: "$B sync",
    hint: /check hub.url: it is the hub's root, without (\/api\/datasets)$/m,
    type: (found) => `sed -i 's,${found},,' config.yaml`,
  },
  "versions of plain files": {
    make: `${CONFIG}; $B sync`,
    fails: "$B versions d",
    hint: /versions are kept with `(publish: snapshot`; .*: \S+ convert) NAME$/m,
    type: (found) => {
      const [key, command] = found.split(/`; .*: \S+ /);
      return `sed -i 's/name: d,/name: d, ${key},/' config.yaml; $B ${command} d`;
    },
  },
  "a snapshot where a folder with files is": {
    make:
      `${CONFIG}; $B sync; sed -i 's/name: d,/name: d, publish: snapshot,/' config.yaml; rm data/a.csv`,
    fails: "$B sync --force",
    hint: /turn it into a snapshot first, or move it away: \S+ (convert) NAME$/m,
    type: (found) => `$B ${found} d`,
  },
  "a local_dir that is a loop of links": {
    make: `${CONFIG}; ln -s data data`,
    fails: "$B sync",
    hint: /look at it with `(ls -l)` and remove the link that leads back/,
    type: (found) => `${found} data | grep 'data -> data' && rm data`,
  },
  "a link below local_dir": {
    make: `${CONFIG}; mkdir data mine; ln -s ../mine data/sub`,
    offers: named("sub/a.csv"),
    fails: "$B sync",
    hint: /(remove the link)/,
    type: () => "rm data/sub",
    works: "$B sync && test -e data/sub/a.csv && ! test -e mine/a.csv",
  },
  "a variable that gives keys away": {
    make: CONFIG,
    fails: "export SSLKEYLOGFILE=keys; $B sync",
    hint: /(unset SSLKEYLOGFILE), and look who set it/,
    type: () => "true",
    works: "export SSLKEYLOGFILE=keys; unset SSLKEYLOGFILE; $B sync",
  },
  "a package of more files than allowed": {
    make: `${CONFIG}; sed -i 's/name: d,/name: d, max_files: 1,/' config.yaml`,
    fails: "$B sync",
    hint: /set (max_files) and max_size of this dataset/,
    type: (found) => `sed -i 's/${found}: 1/${found}: 2/' config.yaml`,
  },
  "a disk that isn't mounted today": {
    make: `${CONFIG}; $B sync; umount data`,
    mounted: "data",
    fails: "$B sync",
    hint: /where it is now: (.* sync --force -d d -c .*)$/m,
    works: "$B sync && test -e data/a.csv",
  },
  "a name that the disk refuses": {
    make: CONFIG,
    offers: named("a.csv", "*ST中安.csv"),
    mounted: "data",
    disk: "exfat",
    fails: "$B sync",
    hint: /or accept it: (exclude: \[.*\])$/m,
    type: (found) =>
      "sed -i /^datasets/d config.yaml; cat >>config.yaml <<'END'\n" +
      `datasets: [{name: d, local_dir: ./data, ${found}}]\nEND`,
    works: "$B sync && test -e data/a.csv",
  },
  "a port that is taken": {
    make: `${DATA}; ${PACK}`,
    fails: "$B serve site --listen ${U#http://}",
    hint: /choose another one: (--listen 127.0.0.1):8001$/m,
    type: (found) =>
      `$B serve site ${found}:0 >out 2>&1 & until grep serving out; do kill -0 $! || exit 1; sleep 0.1; ` +
      "done; kill $!; wait",
    works: "true",
  },
  "a time that cron can't read": {
    make: CONFIG,
    fails: "$B schedule '15 8 L * *'",
    hint: /for example ("15 8 \* \* 1-5")/,
    type: (found) => `$B schedule ${found}`,
    works: "true",
  },
};

for (const [what, remedy] of Object.entries(REMEDIES)) {
  const { make = "true", fails, hint, type = (found: string) => found, needs = [] } = remedy;
  const { mounted, offers, disk = "tmpfs" } = remedy;
  Deno.test({
    name: `a remedy works when it is typed: ${what}`,
    ignore: !installed("bash", ...needs) || remedy.root === true && Deno.uid() !== 0 ||
      mounted !== undefined && !canMount(disk),
    async fn() {
      await using temp = await tempDir();
      await using hub = FilesHub.of({ "a.csv": "1\n", "b.csv": "2\n" });
      if (offers) {
        hub.setDataset("d", { version: "2026-01-06T08:00:00", package: buildZip(offers) });
      }
      using _disk = mounted === undefined
        ? undefined
        : mount(disk, OPTIONS[disk], temp.at(mounted));
      if (needs.includes("openssl")) await makeAuthority(temp);
      const sh = (script: string) => bash(script, temp, hub);
      const made = await sh(make);
      assert.equal(made.code, 0, made.out);
      const failed = await sh(fails);
      assert.notEqual(failed.code, 0, `${fails}: ${failed.out}`);
      const found = hint.exec(failed.out)?.[1];
      assert(found !== undefined, `no hint as ${hint} in: ${failed.out}`);
      const typed = await sh(type(found));
      assert.equal(typed.code, 0, `${type(found)}: ${typed.out}`);
      const works = await sh(remedy.works ?? fails);
      assert.equal(works.code, 0, `${remedy.works ?? fails}: ${works.out}`);
    },
  });
}

async function makeAuthority(temp: TempDir): Promise<void> {
  const { ca } = await makeCertificates();
  await Deno.writeTextFile(temp.at("ca.pem"), ca);
}

async function bash(
  script: string,
  temp: TempDir,
  hub: FilesHub,
): Promise<{ code: number; out: string }> {
  // The path of a clone may have blanks in it.
  const args = ["-c", script.replaceAll("$B", shellWord(binaryPath()))];
  const at = { cwd: temp.path, env: { U: hub.url } };
  const { code, stdout, stderr } = await outcomeOf("bash", args, at);
  return { code, out: stdout + stderr };
}
