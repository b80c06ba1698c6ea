/**
 * The machine in one line.
 *
 * @module
 */

/** Processor, cores, memory, kernel, system, and the file system that holds `folder`. */
export async function machine(folder: string): Promise<string> {
  const cpu = /^model name\s*:\s*(.+)$/m.exec(await read("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const memory = (Deno.systemMemoryInfo().total / 1e9).toFixed(0);
  const system = /^PRETTY_NAME="(.+)"$/m.exec(await read("/etc/os-release"))?.[1] ?? Deno.build.os;
  return [
    `${cpu}, ${navigator.hardwareConcurrency} cores`,
    `${memory} GB`,
    `Linux ${Deno.osRelease()}`,
    system,
    `${await fileSystem(folder)}`,
  ].join(", ");
}

async function fileSystem(folder: string): Promise<string> {
  const { stdout } = await new Deno.Command("stat", { args: ["-f", "-c", "%T", folder] }).output();
  return new TextDecoder().decode(stdout).trim().replace("ext2/ext3", "ext4");
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(path).catch(() => "");
}
