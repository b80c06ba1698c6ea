/** install_client.sh beside a binary for another processor: denied in words, and nothing is changed. */
import assert from "node:assert/strict";
import { tempDir } from "../../support/temp.ts";
import { assertDone, finish, makeBundle } from "./bundle.ts";

/** ELF's numbers. */
const MACHINES: Record<string, number> = { x86_64: 62, aarch64: 183, riscv64: 243 };
const HERE = Deno.build.arch;
const OTHER = HERE === "x86_64" ? "aarch64" : "x86_64";

/** Makes a program one for another processor, as its head tells it. */
async function relabel(path: string, machine: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.seek(18, Deno.SeekMode.Start);
  await file.write(new Uint8Array([MACHINES[machine]!, 0]));
}

async function destination() {
  const temp = await tempDir();
  await makeBundle(temp.at("bundle"));
  await Deno.mkdir(temp.at("dest"));
  return {
    at: temp.at,
    install: () =>
      finish("bash", [temp.at("bundle/install_client.sh"), "--install-dir", "/opt/d"], {
        DESTDIR: temp.at("dest"),
      }),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

for (const [machine, found] of [[OTHER, OTHER], ["riscv64", "another processor"]] as const) {
  Deno.test(`install_client.sh denies a binary for ${machine}, and changes nothing`, async () => {
    await using place = await destination();
    const binary = place.at("bundle/datahubsync");
    await relabel(binary, machine);
    assert.deepEqual(await place.install(), {
      code: 1,
      signal: null,
      stdout: "",
      stderr:
        `install_client.sh: ${binary} is for another machine: expected ${HERE}, found ${found}\n` +
        `hint: take the archive whose name ends in linux-${HERE}.tar.gz\n`,
    });
    assert.deepEqual([...Deno.readDirSync(place.at("dest"))], []);
  });
}

Deno.test("install_client.sh passes over a binary for another processor where one fits", async () => {
  await using place = await destination();
  await Deno.mkdir(place.at("bundle/dist"));
  await Deno.copyFile(place.at("bundle/datahubsync"), place.at("bundle/dist/datahubsync"));
  await relabel(place.at("bundle/datahubsync"), OTHER);
  assertDone(await place.install());
  const installed = place.at("dest/opt/d/datahubsync");
  assertDone(await finish("cmp", [place.at("bundle/dist/datahubsync"), installed]));
});
