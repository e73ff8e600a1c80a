import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scanModule } from "./support/scan_module.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** From top to bottom: a room imports only from itself and from above. */
const rooms = [
  "spec",
  "bytes",
  "tar",
  "tree",
  "compression",
  "image",
  "target",
  "registry",
  "archive",
  "transfer",
  "machine",
  "cli",
];

/** Rooms that `src/core.ts` opens: they load in a browser. */
const coreRooms = rooms.slice(0, rooms.indexOf("machine"));

/** What a room may import from npm. */
const packages: Record<string, string[]> = {
  bytes: ["@noble/hashes"],
  compression: ["fflate", "fzstd", "libdeflate"],
  cli: ["@stricli/core", "jsonc-parser"],
};

/** The modules outside the rooms, and the rooms that each may open. */
const doors: Record<string, string[]> = {
  "src/core.ts": coreRooms,
  "src/client.ts": rooms.filter((room) => room !== "cli"),
  "mod.ts": [...rooms.filter((room) => room !== "cli"), "src/client.ts"],
  "cli.ts": ["cli"],
};

const longestFile = 400;

/** Which rules a module breaks, one line for each. */
function broken(path: string, source: string): string[] {
  const { references, code } = scanModule(source);
  const room = path.match(/^src\/(\w+)\//)?.[1];
  const machine = room === "machine" || room === "cli" || path === "cli.ts";
  const prints = room === "cli" || path === "cli.ts";
  const open = room ? rooms.slice(0, rooms.indexOf(room) + 1) : doors[path];
  const lines: string[] = [];
  const say = (line: string) => lines.push(`${path} ${line}`);

  if (!open?.length) say("stands in no room");
  for (const { specifier, form } of references) {
    if (specifier === undefined) say("imports something computed");
    else if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(path), specifier);
      const place = target.match(/^src\/(\w+)\//)?.[1] ?? target;
      if (!open?.includes(place)) say(`imports ${target}`);
    } else if (specifier.startsWith("node:")) {
      if (!machine && form !== "query") say(`imports ${specifier}`);
    } else {
      const name = specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? "";
      if (!room || !packages[room]?.includes(name)) say(`imports ${specifier}`);
    }
    if (form === "export *" && !room) say("exports *");
  }
  if (!machine && /\b(Deno|Bun)\b/.test(code)) say("names a runtime");
  const printing = /\bconsole\b|\bprocess \. exit\b|\bDeno \. exit\b/;
  if (!prints && printing.test(code)) say("prints or exits");
  if (source.split("\n").length - 1 > longestFile) say("is too long");
  return lines;
}

function modulesBelow(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true })
    .flatMap((entry) => {
      const path = posix.join(directory, entry.name);
      if (entry.isDirectory()) return modulesBelow(path);
      return path.endsWith(".ts") ? [path] : [];
    });
}

const read = (path: string) => readFileSync(join(root, path), "utf8");

test("every module keeps to its room", () => {
  const modules = [...modulesBelow("src"), ...Object.keys(doors)];
  const unique = [...new Set(modules)];
  assert.ok(unique.length > 50);
  assert.deepEqual(unique.flatMap((path) => broken(path, read(path))), []);
});

test("no file of tests, scripts and examples is too long", () => {
  const files = ["tests", "scripts", "examples", "bench"].flatMap(modulesBelow);
  const long = files.filter((path) =>
    read(path).split("\n").length - 1 > longestFile
  );
  assert.deepEqual(long, []);
});

const breaches: [path: string, source: string, expected: string][] = [
  [
    "src/spec/a.ts",
    'import { b } from "../bytes/b.ts";',
    "imports src/bytes/b.ts",
  ],
  [
    "src/tar/a.ts",
    'import type { L } from "../image/l.ts";',
    "imports src/image/l.ts",
  ],
  [
    "src/tar/a.ts",
    'export type { L } from "../image/l.ts";',
    "imports src/image/l.ts",
  ],
  [
    "src/tar/a.ts",
    'export * as l from "../image/l.ts";',
    "imports src/image/l.ts",
  ],
  [
    "src/tar/a.ts",
    'const l = await import("../image/l.ts");',
    "imports src/image/l.ts",
  ],
  [
    "src/tar/a.ts",
    'let l: import("../image/l.ts").L;',
    "imports src/image/l.ts",
  ],
  ["src/tar/a.ts", 'import "../image/l.ts";', "imports src/image/l.ts"],
  [
    "src/tar/a.ts",
    'import a, {\n  b as c,\n} from "../image/l.ts";',
    "imports src/image/l.ts",
  ],
  [
    "src/tar/a.ts",
    "const l = await import(name);",
    "imports something computed",
  ],
  ["src/tar/a.ts", 'import { c } from "../core.ts";', "imports src/core.ts"],
  [
    "src/machine/a.ts",
    'import { c } from "../client.ts";',
    "imports src/client.ts",
  ],
  [
    "src/client.ts",
    'import { m } from "./cli/main.ts";',
    "imports src/cli/main.ts",
  ],
  [
    "src/core.ts",
    'export { d } from "./machine/d.ts";',
    "imports src/machine/d.ts",
  ],
  [
    "mod.ts",
    'export { m } from "./src/cli/main.ts";',
    "imports src/cli/main.ts",
  ],
  ["mod.ts", 'export * from "./src/core.ts";', "exports *"],
  ["src/core.ts", 'export * from "./spec/error.ts";', "exports *"],
  ["src/core.ts", 'export type * from "./spec/error.ts";', "exports *"],
  ["src/tar/a.ts", 'import { join } from "node:path";', "imports node:path"],
  ["src/tar/a.ts", 'import type { Stats } from "node:fs";', "imports node:fs"],
  ["src/client.ts", 'import { join } from "node:path";', "imports node:path"],
  ["src/tar/a.ts", 'import { gzip } from "libdeflate";', "imports libdeflate"],
  [
    "src/registry/a.ts",
    'import { sha256 } from "@noble/hashes/sha2.js";',
    "imports @noble/hashes/sha2.js",
  ],
  [
    "src/machine/a.ts",
    'import x from "npm:left-pad@1.0.0";',
    "imports npm:left-pad@1.0.0",
  ],
  ["mod.ts", 'export { run } from "@stricli/core";', "imports @stricli/core"],
  ["src/bytes/a.ts", "const t = `${Deno.args}`;", "names a runtime"],
  ["src/bytes/a.ts", "const f = globalThis.Bun?.file;", "names a runtime"],
  ["src/machine/a.ts", 'console.error("no");', "prints or exits"],
  ["src/machine/a.ts", "process.exit(1);", "prints or exits"],
  ["src/machine/a.ts", "Deno.exit(1);", "prints or exits"],
  ["src/transfer/a.ts", "\n".repeat(401), "is too long"],
  ["src/extra/a.ts", "", "stands in no room"],
  ["src/extra.ts", "", "stands in no room"],
];

for (const [path, source, expected] of breaches) {
  const shown = source.replace(/\s+/g, " ").trim();
  test(`a breach is noticed: ${path} ${expected}: ${shown}`, () => {
    const lines = broken(path, source);
    assert.ok(lines.includes(`${path} ${expected}`), lines.join("\n"));
  });
}

test("what keeps to the rules is let be", () => {
  const sources: [path: string, source: string][] = [
    ["src/bytes/a.ts", 'let c: typeof import("node:crypto");'],
    ["src/bytes/a.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
    ["src/bytes/a.ts", '// import { a } from "../image/a.ts"; Deno.exit();'],
    ["src/bytes/a.ts", '/** console.log(1)\n import "../cli/a.ts" */'],
    ["src/bytes/a.ts", 'const t = `console.log(${1}) import("../x.ts")`;'],
    ["src/bytes/a.ts", 'const t = "Deno"; const u = \'import "../x.ts"\';'],
    ["src/bytes/a.ts", 'const r = /"Bun`/; const q = 4 / 2; const s = "/";'],
    ["src/bytes/a.ts", "const here = import.meta.url;"],
    ["src/image/a.ts", 'import { gzip } from "../compression/gzip.ts";'],
    ["src/cli/a.ts", 'import p from "node:process"; p.exit(console.log());'],
    ["src/machine/a.ts", "const name = Deno.build.os;"],
    ["mod.ts", 'export { Client } from "./src/client.ts";'],
  ];
  assert.deepEqual(
    sources.flatMap(([path, source]) => broken(path, source)),
    [],
  );
});
