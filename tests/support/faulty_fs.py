"""A pass-through file system with faults of its own: faulty_fs.py FOLDER MOUNT FAULT...

What each fault does is said in faulty_fs.ts. The faults are read again before each call from the file
FOLDER.faults, so that a test changes them while it is mounted.
"""
import errno, os, sys, unicodedata
sys.path.insert(0, "/usr/lib/python3/dist-packages")
from fusepy import FUSE, FuseOSError, Operations


class FaultyFs(Operations):
    def __init__(self, root):
        self.root = root
        self.changed, self.found, self.calls = None, [], {}

    def faults(self):
        seen = os.stat(self.root + ".faults")
        changed = (seen.st_mtime_ns, seen.st_size)
        if changed != self.changed:
            with open(self.root + ".faults") as file:
                self.changed, self.found, self.calls = changed, file.read().split("\n"), {}
        return self.found

    def has(self, fault):
        return fault in self.faults()

    def fail(self, code):
        raise FuseOSError(code)

    def check(self, operation, *paths):
        """`operation=ERRNO` fails always, `operation=ERRNO@PART` where a path ends in PART, and
        `operation=ERRNO#N` from the call number N on; `any` are all that change something."""
        for fault in self.faults():
            name, _, what = fault.partition("=")
            what, _, first = what.partition("#")
            code, _, part = what.partition("@")
            if name != operation and (name != "any" or operation in ("open", "read", "readdir", "flush")):
                continue
            if (part and not any(path.endswith(part) for path in paths)):
                continue
            self.calls[fault] = self.calls.get(fault, 0) + 1
            if self.calls[fault] >= int(first or 0):
                self.fail(getattr(errno, code))

    def same(self, name):
        if self.has("fold_case"):
            name = name.lower()
        if self.has("fold_form"):
            name = unicodedata.normalize("NFC", name)
        if self.has("fold_end"):
            name = name.rstrip(". ")
        return name

    def short(self, name, place):
        """The name that FAT gives to a long one: the first six characters, `~` and a number."""
        stem, _, ending = name.lstrip(".").rpartition(".") if "." in name.lstrip(".") else (name.lstrip("."), "", "")
        if len(stem) <= 8 and len(ending) <= 3 and not name.startswith("."):
            return None
        begin = stem.replace(" ", "").replace(".", "")[:6].upper()
        dot = "." + ending[:3].upper() if ending else ""
        earlier = [other for other in sorted(os.listdir(place)) if other < name and
                   other.lstrip(".").replace(" ", "").replace(".", "")[:6].upper() == begin]
        return begin + "~" + str(len(earlier) + 1) + dot

    def real(self, path):
        """The path by the names that are there, where the file system takes several for one."""
        place = self.root
        for part in [part for part in path.split("/") if part]:
            if not os.path.lexists(place + "/" + part) and os.path.isdir(place):
                for name in os.listdir(place):
                    if self.same(name) == self.same(part) or (
                            self.has("short_names") and part.upper() == self.short(name, place)):
                        part = name
                        break
            place += "/" + part
        return place

    def access(self, path, mode):
        return 0

    def getattr(self, path, fh=None):
        found = os.lstat(self.real(path))
        keys = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")
        return {key: getattr(found, key) for key in keys}

    def readdir(self, path, fh):
        self.check("readdir", path)
        return [".", ".."] + os.listdir(self.real(path))

    def readlink(self, path):
        return os.readlink(self.real(path))

    def chmod(self, path, mode):
        self.check("chmod", path)
        os.chmod(self.real(path), mode)

    def chown(self, path, uid, gid):
        self.check("chown", path)
        os.lchown(self.real(path), uid, gid)

    def utimens(self, path, times=None):
        self.check("utimens", path)
        os.utime(self.real(path), times)

    def rmdir(self, path):
        self.check("rmdir", path)
        os.rmdir(self.real(path))

    def mkdir(self, path, mode):
        self.check("mkdir", path)
        if os.path.lexists(self.real(path)):
            self.fail(errno.EEXIST)
        os.mkdir(self.real(path), mode)

    def unlink(self, path):
        self.check("unlink", path)
        os.unlink(self.real(path))

    def symlink(self, name, target):
        self.check("symlink", name)
        os.symlink(target, self.real(name))

    def link(self, target, name):
        self.check("link", target)
        os.link(self.real(name), self.real(target))

    def rename(self, old, new):
        self.check("rename", new)
        if self.has("no_replace") and os.path.lexists(self.real(new)):
            self.fail(errno.EEXIST)
        os.rename(self.real(old), self.real(new))

    def open(self, path, flags):
        self.check("open", path)
        return os.open(self.real(path), flags)

    def create(self, path, mode, fi=None):
        self.check("create", path)
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, fh):
        self.check("read", path)
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        self.check("write", path)
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        self.check("truncate", path)
        with open(self.real(path), "r+b") as file:
            file.truncate(length)

    def flush(self, path, fh):
        self.check("flush", path)
        return 0

    def release(self, path, fh):
        return os.close(fh)

    def fsync(self, path, datasync, fh):
        self.check("fsync", path)
        return os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        self.check("fsyncdir", path)
        return 0

    def statfs(self, path):
        found = os.statvfs(self.real(path))
        keys = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files",
                "f_flag", "f_frsize", "f_namemax")
        told = {key: getattr(found, key) for key in keys}
        if self.has("no_size"):
            told.update(f_blocks=0, f_bfree=0, f_bavail=0, f_files=0, f_ffree=0, f_favail=0)
        if self.has("no_inodes"):
            told.update(f_files=1000, f_ffree=0, f_favail=0)
        return told


FUSE(FaultyFs(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True, attr_timeout=0,
     entry_timeout=0, allow_other=True, default_permissions=True)
