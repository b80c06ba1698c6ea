/**
 * Takes over an installation of the Python client v2.0: its programs go into a dated folder, and what other
 * scripts may call or import by name is put in their place.
 *
 * @module
 */
import { shellWord } from "../../shell_word.ts";
import type { InstallPlan } from "./plan.ts";

/** A script of v2.0, or one that uses it; other scripts may lie here too. */
const OF_V2 = /datahub|sync_client|last_sync|api\/datasets/i;

/** Plans the takeover. */
export function planTakeover(plan: InstallPlan): void {
  const { INSTALL_DIR: dir, HERE, CONFIG } = plan.facts;
  const { disk } = plan;
  plan.step(plan.t("Take over the v2.0 installation in %s", dir), () => {
    const aside = folderAside(plan);
    const move = (name: string): void => {
      if (!disk.has(`${dir}/${name}`)) return;
      const above = name.startsWith("src/") ? `${aside}/src` : aside;
      for (const folder of new Set([aside, above])) {
        plan.makeDir(folder, "root");
        // What lies in there isn't ours: --uninstall leaves it.
        plan.add("forget", "dir", folder);
      }
      plan.add("move", `${dir}/${name}`, `${above}/${name.replace(/^src\//, "")}`);
    };
    const modules = ["sync_client.py", "src/sync_client.py"]
      .filter((name) => disk.isFile(`${dir}/${name}`));
    const scripts = disk.names(dir).filter((name) => name.endsWith(".py"));
    for (const name of [...scripts, "src/sync_client.py"]) {
      if (OF_V2.test(disk.text(`${dir}/${name}`))) move(name);
    }
    const wrapped = ([["sync.sh", "sync"], ["test_client.sh", "--check"]] as const)
      .filter(([name]) => disk.isFile(`${dir}/${name}`));
    const requirements = disk.names(dir).filter((name) => /^requirements.*\.txt$/.test(name));
    const rest = ["sync.sh", "test_client.sh", ...requirements, "__pycache__", "venv", ".venv"];
    for (const name of rest) move(name);
    if (HERE !== disk.at(dir) && disk.text(`${dir}/install_client.sh`).includes("python")) {
      move("install_client.sh");
    }
    // Other scripts may call these two by name.
    for (const [name, words] of wrapped) plan.write(`${dir}/${name}`, wrapper(plan, words), "755");
    for (const name of modules) placeModule(plan, `${dir}/${name}`);
    plan.add("note", plan.t("config, state, logs and data stay where they are: %s", CONFIG));
  });
}

function folderAside(plan: InstallPlan): string {
  const first = `${plan.facts.INSTALL_DIR}/v2-${plan.facts.DAY}`;
  let folder = first;
  for (let number = 2; plan.disk.has(folder); number++) folder = `${first}-${number}`;
  return folder;
}

function wrapper(plan: InstallPlan, words: string): string {
  const { BINARY, CONFIG } = plan.facts;
  return `#!/bin/sh\nexec ${shellWord(BINARY)} ${words} -c ${shellWord(CONFIG)} "$@"\n`;
}

/** Puts the module in the place of v2.0's, for programs that import it. */
export function placeModule(plan: InstallPlan, path: string): void {
  if (plan.disk.isBundled("sync_client.py")) {
    plan.copy(`${plan.facts.HERE}/sync_client.py`, path);
  } else {
    plan.add(
      "warn",
      plan.t("programs that import %s need sync_client.py out of the archive: put it there", path),
    );
  }
}
