/**
 * A FUSE file system that a second user mounts in a throw-away root, open to everybody, and that says of
 * all that is in it that it belongs to root.
 *
 * Guarantees: it is mounted for one command only, in that command's own namespace. Ask
 * {@linkcode canBeFaulty} whether there can be one.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Ended } from "./command.ts";
import { OTHER, type RootFs } from "./rootfs.ts";

const PROGRAM = fileURLToPath(new URL("./lying_fs.py", import.meta.url));

/**
 * Has {@linkcode OTHER} mount it over a folder of theirs, which is made unless it is there, and runs a
 * shell script as root. With `told` the kernel's list of such mounts is there, as systemd mounts it.
 */
export async function underLyingFs(
  root: RootFs,
  over: string,
  script: string,
  { told = false }: { told?: boolean } = {},
): Promise<Ended> {
  const back = `${OTHER.home}/back`;
  await root.write("/etc/fuse.conf", "user_allow_other\n");
  await root.write("/lying_fs.py", await Deno.readTextFile(PROGRAM));
  await root.write(
    "/mount_and_run",
    `set -u
mkdir -p ${back}; chown ${OTHER.name}: ${back}
[ -e /fuse ] || mknod -m 666 /fuse c 10 229
mount --bind /fuse /dev/fuse
setpriv --reuid=${OTHER.uid} --regid=${OTHER.uid} --clear-groups \
  sh -c 'mkdir -p "$1"; exec python3 /lying_fs.py ${back} "$1"' sh '${over}' &
until grep -q ' ${over} ' /proc/self/mountinfo; do kill -0 $! || exit 99; sleep 0.02; done
if [ -n "${told ? 1 : ""}" ]; then
  mkdir -p /sys/fs/fuse/connections
  mount -t fusectl fusectl /sys/fs/fuse/connections
fi
( ${script}
)
code=$?
umount -l '${over}' 2>/dev/null
wait
exit $code
`,
  );
  return await root.run(["sh", "/mount_and_run"]);
}
