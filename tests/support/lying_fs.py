"""A FUSE file system that passes a folder through and says that all of it is root's: lying_fs.py FOLDER MOUNT."""
import os, stat, sys
sys.path.insert(0, "/usr/lib/python3/dist-packages")
from fusepy import FUSE, FuseOSError, Operations
import errno


class LyingFs(Operations):
    def __init__(self, root):
        self.root = root

    def real(self, path):
        return self.root + path

    def getattr(self, path, fh=None):
        try:
            found = os.lstat(self.real(path))
        except OSError as error:
            raise FuseOSError(error.errno)
        keys = ("st_atime", "st_ctime", "st_mode", "st_mtime", "st_nlink", "st_size")
        told = {key: getattr(found, key) for key in keys}
        told.update(st_uid=0, st_gid=0, st_mode=found.st_mode & ~0o022)
        return told

    def readdir(self, path, fh):
        return [".", ".."] + os.listdir(self.real(path))

    def access(self, path, mode):
        return 0

    def chmod(self, path, mode):
        return 0

    def chown(self, path, uid, gid):
        return 0

    def utimens(self, path, times=None):
        return 0

    def mkdir(self, path, mode):
        return os.mkdir(self.real(path), 0o755)

    def rmdir(self, path):
        return os.rmdir(self.real(path))

    def unlink(self, path):
        return os.unlink(self.real(path))

    def rename(self, old, new):
        return os.rename(self.real(old), self.real(new))

    def create(self, path, mode, fi=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT, 0o644)

    def open(self, path, flags):
        return os.open(self.real(path), flags & ~os.O_EXCL)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        os.truncate(self.real(path), length)

    def release(self, path, fh):
        os.close(fh)


FUSE(LyingFs(sys.argv[1]), sys.argv[2], foreground=True, nothreads=True, allow_other=True)
