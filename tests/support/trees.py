"""Prints what a directory or a tar holds, in one form, so that they can be compared.

    trees.py directory PATH
    trees.py tar PATH

The tar is read by Python's tarfile. Prints JSON: by path what is there, with type,
mode, owner, time, content, target, device, all names of a file that has several,
and extended attributes in hexadecimal.
"""

import hashlib
import json
import os
import stat
import sys
import tarfile

TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFCHR: "character-device",
    stat.S_IFBLK: "block-device",
    stat.S_IFSOCK: "socket",
}
TAR_TYPES = {
    tarfile.REGTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.FIFOTYPE: "fifo",
    tarfile.CHRTYPE: "character-device",
    tarfile.BLKTYPE: "block-device",
}
XATTR = "SCHILY.xattr."


def digest(stream):
    hash = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        hash.update(chunk)
    return hash.hexdigest()


def is_ours(name):
    return name == "security.capability" or name.startswith("user.")


def time_of(text):
    seconds, _, fraction = text.partition(".")
    return f"{seconds}.{fraction:0<9}"


def describe_path(path):
    found = os.lstat(path)
    type = TYPES[stat.S_IFMT(found.st_mode)]
    sign = "-" if found.st_mtime_ns < 0 else ""
    seconds, nanoseconds = divmod(abs(found.st_mtime_ns), 10**9)
    node = {
        "type": type,
        "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        "owner": f"{found.st_uid}:{found.st_gid}",
        "mtime": f"{sign}{seconds}.{nanoseconds:09}",
    }
    if type == "file":
        with open(path, "rb") as stream:
            node["content"] = digest(stream)
    if type == "symlink":
        node["target"] = os.readlink(path)
    if type.endswith("device"):
        node["device"] = f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"
    if type in ("file", "directory"):
        xattrs = {
            name: os.getxattr(path, name, follow_symlinks=False).hex()
            for name in os.listxattr(path, follow_symlinks=False)
            if is_ours(name)
        }
        if xattrs:
            node["xattrs"] = xattrs
    return node, (found.st_dev, found.st_ino)


def describe_directory(root):
    tree, inodes = {}, {}
    waiting = [""]
    while waiting:
        directory = waiting.pop()
        for name in os.listdir(os.path.join(root, directory)):
            path = os.path.join(directory, name)
            node, inode = describe_path(os.path.join(root, path))
            tree[path] = node
            if node["type"] == "file":
                inodes.setdefault(inode, []).append(path)
            if node["type"] == "directory":
                waiting.append(path)
    for names in inodes.values():
        share(tree, names)
    return tree


def describe_tar(path):
    tree, names = {}, {}
    with tarfile.open(path) as tar:
        for member in tar:
            # A directory's trailing slash is gone already.
            assert member.name not in tree, member.name
            if member.type == tarfile.LNKTYPE:
                tree[member.name] = dict(tree[member.linkname])
                names[member.linkname].append(member.name)
                continue
            tree[member.name] = describe_member(tar, member)
            names[member.name] = [member.name]
    for several in names.values():
        share(tree, several)
    return tree


def describe_member(tar, member):
    type = TAR_TYPES[member.type]
    records = member.pax_headers
    node = {
        "type": type,
        "mode": f"{member.mode:04o}",
        "owner": f"{member.uid}:{member.gid}",
        "mtime": time_of(records.get("mtime", str(int(member.mtime)))),
    }
    if type == "file":
        node["content"] = digest(tar.extractfile(member))
    if type == "symlink":
        node["target"] = member.linkname
    if type.endswith("device"):
        node["device"] = f"{member.devmajor}:{member.devminor}"
    xattrs = {
        name[len(XATTR):]: value.encode("utf-8", "surrogateescape").hex()
        for name, value in records.items()
        if name.startswith(XATTR)
    }
    if xattrs:
        node["xattrs"] = xattrs
    return node


def share(tree, names):
    if len(names) > 1:
        for name in names:
            tree[name]["names"] = sorted(names)


describe = {"directory": describe_directory, "tar": describe_tar}[sys.argv[1]]
json.dump(describe(sys.argv[2]), sys.stdout, sort_keys=True)
