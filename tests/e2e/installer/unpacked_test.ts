/** Where the archive was unpacked: a folder of somebody who isn't root is as good as root's. */
import { startHub } from "../../support/hub.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { assertDone, rootTest, sh } from "./bundle.ts";

const UNPACKED: [where: string, folder: string, close: string][] = [
  ["in a home that is closed", "/home/eve", "chown -R eve:eve /home/eve; chmod 700 /home/eve"],
  ["in a folder that everybody may write to", "/share", "chmod 777 /share"],
];
for (const [where, folder, close] of UNPACKED) {
  rootTest(`install_client.sh upgrades, and installs again, from an archive unpacked ${where}`, [
    "useradd",
    "runuser",
  ], async (root) => {
    await using hub = startHub();
    await sh(root, `mkdir -p ${folder} && mv /bundle ${folder}/new; ${close}`);
    const install = async (...args: string[]) =>
      assertDone(await root.run(["bash", `${folder}/new/install_client.sh`, ...args]));
    await install("--hub-url", hub.url);
    await install("--sync"); // An upgrade before the first sync, and one after it.
    await install();
    await install("--uninstall");
    hub.nextDay();
    await install("--sync");
    assertSameTree(await readTree(root.at(`/data/${hub.name}`)), hub.tree());
  });
}
