/**
 * The machine's own folders, by their paths on Linux: what a dataset can't be, and what isn't one
 * user's to have.
 *
 * @module
 */
import { dirname } from "node:path";

/** Whatever lies directly in these is the system's too, or shared, or somebody's home. */
const WITH_THEIR_FOLDERS =
  "/bin /boot /dev /etc /home /lib /lib32 /lib64 /proc /run /sbin /sys /usr /var".split(" ");

const OF_THE_SYSTEM: ReadonlySet<string> = new Set([
  ...WITH_THEIR_FOLDERS,
  ...("/ /opt /root /tmp /usr/bin /usr/lib /usr/lib64 /usr/local /usr/local/bin /usr/local/sbin " +
    "/usr/sbin /usr/share /var/lib /var/log /etc/cron.d /etc/cron.daily /etc/profile.d " +
    "/etc/sudoers.d /etc/systemd/system").split(" "),
]);

/**
 * Whether a folder holds the system: whoever makes a package chooses its files' names, and could
 * replace the system's by them. What lies below, an administrator may well have made for data.
 */
export function isSystemFolder(path: string): boolean {
  return OF_THE_SYSTEM.has(path);
}

/** Whether nothing in a folder is given to one user, and no service may write to all of it. */
export function isSharedFolder(path: string): boolean {
  return isSystemFolder(path) || ["/media", "/mnt", "/srv"].includes(path) ||
    WITH_THEIR_FOLDERS.includes(dirname(path));
}
