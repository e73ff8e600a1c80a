import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { readTar } from "../../../src/tar/read/read_tar.ts";
import type { TarEntry } from "../../../src/tar/read/tar_entry.ts";
import { TarError } from "../../../src/tar/read/tar_error.ts";
import { tarText } from "../../../src/tar/read/tar_text.ts";
import {
  corpora,
  corpusFile,
  readCorpus,
  skipWithoutCorpora,
} from "../../support/corpora.ts";

/** What Go's `archive/tar` read from a file. */
interface Oracle {
  readonly File: string;
  readonly Error?: string;
  readonly Entries: readonly OracleEntry[];
}

/** One entry, by Go's names. */
interface OracleEntry {
  readonly Name: string;
  readonly Linkname: string;
  readonly Type: string;
  readonly Size: number;
  readonly Mode: number;
  readonly Uid: number;
  readonly Gid: number;
  readonly Uname: string;
  readonly Gname: string;
  readonly MtimeSec: number;
  readonly MtimeNsec: number;
  readonly Devmajor: number;
  readonly Devminor: number;
  readonly SHA256: string;
  /** Records of pax headers. */
  readonly PAX?: Readonly<Record<string, string>>;
  /** Extended attributes, which are among those records. */
  readonly Xattrs?: Readonly<Record<string, string>>;
}

/** Files of more bytes than this are holes, and are not hashed. */
const LARGE = 1 << 28;

/** What is done where Go and Python differ, and why. */
interface Decision {
  readonly why: string;
  /** Entries as they are read instead, where Go is not followed. */
  readonly entries?: readonly Partial<OracleEntry>[];
  /** Whether the tar is refused, where Go is not followed. */
  readonly isRefused?: true;
}

const NO_DUMPDIR_NAMES: Decision = {
  why: "Go: in headers of GNU tar are times where ustar has a prefix",
};
const NO_GLOBAL_ENTRY = "Python: a global header is no entry";

const decisions: Readonly<Record<string, Decision>> = {
  "go-archive-tar/testdata/gnu-incremental.tar": NO_DUMPDIR_NAMES,
  "modern-tar/gnu-incremental.tar": NO_DUMPDIR_NAMES,
  "tar-stream/gnu-incremental.tar": NO_DUMPDIR_NAMES,
  "go-archive-tar/testdata/gnu-multi-hdrs.tar": {
    why: "Go: of two long names before an entry the last one counts",
  },
  "go-archive-tar/testdata/pax-multi-hdrs.tar": {
    why: "Go: of two pax headers before an entry the last one counts",
  },
  "go-archive-tar/testdata/pax-bad-hdr-file.tar": {
    why: "safety: a record that is malformed is not passed over",
  },
  "go-archive-tar/testdata/pax-bad-mtime-file.tar": {
    why: "safety: a time that is none is not passed over",
  },
  "go-archive-tar/testdata/pax-nul-path.tar": {
    why: "safety: a name with a NUL is another name for everybody else",
  },
  "go-archive-tar/testdata/pax-nul-xattrs.tar": {
    why: "safety: a keyword with a NUL is another one for everybody else",
  },
  "libarchive/test_read_format_tar_pax_large_attr.tar": {
    why: "safety: a pax header of 8 MiB is not held in memory",
  },
  "libarchive/test_read_format_tar_pax_timestamps.tar": {
    why: "safety: a time that is none is not passed over",
  },
  "libarchive/test_read_pax_empty_val_no_nl.tar": {
    why: "safety: a record without an end is not passed over",
  },
  "libarchive/test_read_format_tar_V_negative_size.tar": {
    why: "both refuse it in their way: a size is not negative",
  },
  "libarchive/test_compat_plexus_archiver_tar.tar": {
    why: "Go: behind one record of zeros there is another, or nothing",
  },
  "go-archive-tar/testdata/pax-nil-sparse-data.tar": {
    why: "Go, GNU tar: the size is that of the file with its holes",
  },
  "go-archive-tar/testdata/pax-nil-sparse-hole.tar": {
    why: "Go, GNU tar: the size is that of the file with its holes",
  },
  "go-archive-tar/testdata/pax-sparse-big.tar": {
    why: "Go, GNU tar: the size is that of the file with its holes",
  },
  "libarchive/test_read_format_gtar_redundant_L.tar": {
    why: "Go: of two long names before an entry the last one counts",
  },
  "libarchive/test_read_format_gtar_sparse_skip_entry.tar": {
    why: "Go, GNU tar: there is a file behind the sparse one",
  },
  "libarchive/test_read_format_tar_timestamp_overflow.tar": {
    why: "Go: a NUL before a number is as a blank",
  },
  "modern-tar/incomplete.tar": {
    why: "Go, GNU tar: only padding is missing, and none of the content",
  },
  "tar-stream/incomplete.tar": {
    why: "Go, GNU tar: only padding is missing, and none of the content",
  },
  "go-archive-tar/testdata/pax-path-hdr.tar": {
    why: "Python: a header about an entry that is not there is half an entry",
    isRefused: true,
    entries: [],
  },
  "go-archive-tar/testdata/pax-global-records.tar": {
    why: "POSIX: a global header counts for all behind it, until taken back",
    entries: [
      { Name: "global1", MtimeSec: 1_500_000_000 },
      { Name: "file2", MtimeSec: 1_500_000_000 },
      { Name: "file3", MtimeSec: 1_500_000_000 },
      { Name: "file4", MtimeSec: 1_400_000_000 },
    ],
  },
  "libarchive/test_compat_star_acl_nfs4.tar": {
    why: NO_GLOBAL_ENTRY,
    entries: [{ Name: "file1" }, { Name: "file2" }, { Name: "dir1/" }],
  },
  "libarchive/test_compat_star_acl_posix1e.tar": {
    why: NO_GLOBAL_ENTRY,
    entries: [{ Name: "file1" }, { Name: "file2" }, { Name: "dir1/" }],
  },
  "libarchive/test_read_format_tar_empty_pax.tar": {
    why: NO_GLOBAL_ENTRY,
    entries: [],
  },
};

/** Bytes as the oracles write them: as text, or in hexadecimal digits. */
function written(text: string, raw: Uint8Array | undefined): string {
  return raw ? `hex:${Array.from(raw, hex).join("")}` : text;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

async function described(entry: TarEntry): Promise<OracleEntry> {
  const hash = createHash("sha256");
  if (entry.size < LARGE) {
    let length = 0;
    for await (const chunk of entry.body) {
      length += chunk.byteLength;
      hash.update(chunk);
    }
    assert.equal(length, entry.size, entry.path);
  }
  return {
    Name: written(entry.path, entry.rawPath),
    Linkname: written(entry.target, entry.rawTarget),
    Type: entry.typeFlag,
    Size: entry.size,
    Mode: entry.mode,
    Uid: entry.uid,
    Gid: entry.gid,
    Uname: entry.uname,
    Gname: entry.gname,
    MtimeSec: entry.mtime,
    MtimeNsec: entry.mtimeNanoseconds,
    Devmajor: entry.major,
    Devminor: entry.minor,
    SHA256: entry.size < LARGE ? hash.digest("hex") : "",
    Xattrs: Object.fromEntries(
      Object.entries(entry.xattrs).map(([name, value]) => {
        const { text, raw } = tarText(value);
        return [name, written(text, raw)];
      }),
    ),
  };
}

/** The extended attributes among the records of pax headers. */
function xattrsOf({ PAX = {}, Xattrs }: OracleEntry): OracleEntry["Xattrs"] {
  const prefix = "SCHILY.xattr.";
  return Xattrs ?? Object.fromEntries(
    Object.entries(PAX)
      .filter(([keyword]) => keyword.startsWith(prefix))
      .map(([keyword, value]) => [keyword.slice(prefix.length), value]),
  );
}

/** Go counts a directory of old archives and a file without a type as such. */
function normal(entry: OracleEntry): OracleEntry {
  const { Format: _, PAX: __, Type, ...rest } = entry as
    & OracleEntry
    & { Format?: unknown };
  const old = Type === "\0" && entry.Name.endsWith("/") ? "5" : "0";
  return {
    ...rest,
    Type: Type === "\0" ? old : Type,
    Mode: entry.Mode & 0o7777,
    // Links, devices and directories have no content, whatever they say.
    Size: /[1-6]/.test(Type) || Type === "\0" && old === "5" ? 0 : rest.Size,
    SHA256: entry.Size < LARGE ? entry.SHA256 : "",
    Xattrs: xattrsOf(entry),
  };
}

async function read(
  file: string,
): Promise<{ entries: OracleEntry[]; error: unknown }> {
  const entries: OracleEntry[] = [];
  try {
    const stored = readFileSync(corpusFile(file));
    const bytes = file.endsWith(".tgz") ? gunzipSync(stored) : stored;
    for await (const entry of readTar([bytes])) {
      entries.push(normal(await described(entry)));
    }
  } catch (error) {
    return { entries, error };
  }
  return { entries, error: undefined };
}

/** Nothing without the corpora. */
const oracles = corpora ? readCorpus<Oracle[]>("tar-oracles/go.json") : [];
const { agree, differ } = corpora
  ? readCorpus<{ agree: string[]; differ: { file: string }[] }>(
    "tar-oracles/agreement.json",
  )
  : { agree: [], differ: [] };

test("the corpora hold the tars that Go and Python read", {
  skip: skipWithoutCorpora,
}, () => {
  assert.equal(agree.length, 153);
  // Its header of 1 MiB and more is made anew in `limits.test.ts`.
  const files = differ.map(({ file }) => file).filter((file) =>
    file !== "go-archive-tar/testdata/pax-bad-hdr-large.tar.bz2"
  );
  assert.deepEqual(files.toSorted(), Object.keys(decisions).toSorted());
});

for (const oracle of oracles.filter(({ File }) => agree.includes(File))) {
  test(`${oracle.File} is read as Go and Python read it`, async () => {
    const { entries, error } = await read(oracle.File);
    assert.deepEqual(entries, oracle.Entries.map(normal));
    if (oracle.Error) assert.ok(error instanceof TarError, String(error));
    else assert.equal(error, undefined);
  });
}

for (const [file, decision] of Object.entries(corpora ? decisions : {})) {
  test(`${file}: ${decision.why}`, async () => {
    const oracle = oracles.find(({ File }) => File === file);
    assert.ok(oracle);
    const { entries, error } = await read(file);
    const isRefused = decision.isRefused ??
      (decision.entries === undefined && oracle.Error !== undefined);
    assert.equal(error instanceof TarError, isRefused, String(error));
    if (!isRefused) assert.equal(error, undefined);
    if (!decision.entries) {
      assert.deepEqual(entries, oracle.Entries.map(normal));
      return;
    }
    assert.equal(entries.length, decision.entries.length);
    decision.entries.forEach((wanted, index) => {
      assert.deepEqual({ ...entries[index], ...wanted }, entries[index]);
    });
  });
}

test("layers that want to break out are only read", {
  skip: skipWithoutCorpora,
}, async () => {
  const { cases } = readCorpus<{
    cases: { tar: string; entries: [kind: string, path: string][] }[];
  }>("malicious-layers/breakouts.json");
  assert.equal(cases.length, 33);
  for (const { tar, entries: wanted } of cases) {
    const { entries, error } = await read(`malicious-layers/${tar}`);
    assert.equal(error, undefined, tar);
    // Directories have a slash at their ends or not.
    const names = entries.map(({ Name }) => Name.replace(/(.)\/$/, "$1"));
    assert.deepEqual(
      names,
      wanted.map(([, path]) => path.replace(/(.)\/$/, "$1")),
      tar,
    );
  }
});
