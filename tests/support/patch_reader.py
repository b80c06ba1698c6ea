"""Reads a patch as docs/patch.md says, and nothing else: PATCH, OLD and NEW package (ZIP).

Prints how many entries it makes; fails unless each is as the new package has it. The standard library
has no brotli, so that a program of that name unpacks the blocks.
"""

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile

MAGIC = b"datahubsync-patch "


def unpacked(block):
    content = subprocess.run(["brotli", "-dc"], input=block, capture_output=True, check=True).stdout
    separator = content[0]
    if separator == 0:
        return content[1:]
    count = content[1]
    lengths = struct.unpack_from(f"<{count}I", content, 2)
    goes_on, start = [], 2 + 4 * count
    for length in lengths:
        goes_on.append(start)
        start += length
    assert start == len(content)
    made, column = bytearray(), 0
    while len(made) < sum(lengths):
        byte = content[goes_on[column]]
        goes_on[column] += 1
        made.append(byte)
        if byte == 10:
            column = 0
        elif byte == separator:
            column = min(column + 1, 254)
    return bytes(made)


def parts(patch):
    assert patch.startswith(MAGIC)
    at = patch.index(b"\n") + 1
    header = json.loads(patch[len(MAGIC):at])
    assert header["version"] == 2
    contents = []
    for size in header["blocks"]:
        contents.append(unpacked(patch[at:at + size]))
        at += size
    assert at == len(patch)
    joined = b"".join(contents)
    assert hashlib.sha256(joined).hexdigest() == header["sha256"]
    stream = io.BytesIO(joined)
    return [stream.read(header[part]) for part in ("directory_size", "recipe_size", "data_size")]


def zip64_size(extra):
    while extra[:2] != b"\1\0":
        extra = extra[4 + struct.unpack_from("<H", extra, 2)[0]:]
    return struct.unpack_from("<Q", extra, 4)[0]


def entries(directory):
    """The directory with its offsets, and each entry's name and size."""
    directory, found = bytearray(directory), []
    at = expected = 0
    while directory[at:at + 4] == b"PK\1\2":
        packed, size, name, extra, comment = struct.unpack_from("<IIHHH", directory, at + 20)
        offset = (struct.unpack_from("<I", directory, at + 42)[0] + expected) % 2**32
        struct.pack_into("<I", directory, at + 42, offset)
        expected = offset + packed + name + 30
        if size == 0xFFFFFFFF:
            size = zip64_size(directory[at + 46 + name:at + 46 + name + extra])
        found.append((directory[at + 46:at + 46 + name].decode(), size))
        at += 46 + name + extra + comment
    return bytes(directory), found


def main(patch, old, new):
    directory, recipe, data = parts(open(patch, "rb").read())
    directory, listed = entries(directory)
    assert open(new, "rb").read().endswith(directory)
    old, new, data = zipfile.ZipFile(old), zipfile.ZipFile(new), io.BytesIO(data)
    index, rows = -1, json.loads(recipe)
    for step, *row in rows:
        index += step
        name, size = listed[index]
        source = row.pop(0) if isinstance(row[0], str) else name
        if len(row) == 1:
            row = [0, size - row[0], row[0]]
        made = b""
        for start, length, insert in zip(*[iter(row)] * 3):
            if length > 0:
                made += old.read(source)[start:start + length]
            made += data.read(insert)
        assert made == new.read(name), name
    assert data.read() == b""
    print(len(rows))


main(*sys.argv[1:])
