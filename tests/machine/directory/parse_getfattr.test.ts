import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseGetfattr } from "../../../src/machine/directory/parse_getfattr.ts";

test("attributes as getfattr prints them", () => {
  const printed = "# file: /a b\n" +
    "security.capability=0x0100000200200000000000000000000000000000\n" +
    "user.a\\075b=0x00ff\nuser.empty=0x\n\n" +
    "# file: /caf\xc3\xa9\\012l\\134b\nuser.\xe9=0x78\n\n";
  const parsed = [...parseGetfattr(printed)].map(([path, xattrs]) =>
    [path, Object.fromEntries(xattrs)] as const
  );
  assert.deepEqual(parsed, [
    ["/a b", {
      "security.capability": Uint8Array.from(
        [1, 0, 0, 2, 0, 32, ...new Uint8Array(14)],
      ),
      "user.a=b": Uint8Array.of(0, 255),
      "user.empty": new Uint8Array(),
    }],
    ["/caf\xc3\xa9\nl\\b", { "user.\xe9": Uint8Array.of(0x78) }],
  ]);
});

for (
  const printed of [
    "user.a=0x00\n",
    "# file: a\nuser.a\n",
    "# file: a\nuser.a=0x0\n",
    '# file: a\nuser.a="text"\n',
    "# file: a\nuser.a=0sAA==\n",
  ]
) {
  test(`refused: ${JSON.stringify(printed)}`, () => {
    assert.throws(() => parseGetfattr(printed), SyntaxError);
  });
}

test("what is printed of anything is read back", () => {
  const quote = (text: string) =>
    text.replace(
      /[\n\r\\=]/g,
      (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
    );
  const name = fc.string({ unit: "binary-ascii", minLength: 1 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, name, fc.uint8Array()), { maxLength: 5 }),
      (files) => {
        const printed = files.map(([path, name, value]) =>
          `# file: ${quote(path)}\nuser.${quote(name)}=0x${
            Array.from(value, (byte) => byte.toString(16).padStart(2, "0"))
              .join("")
          }\n\n`
        ).join("");
        const parsed = parseGetfattr(printed);
        for (
          const [path, name, value] of new Map(
            files.map((file) => [file[0], file]),
          ).values()
        ) {
          assert.deepEqual(parsed.get(path)?.get(`user.${name}`), value);
        }
      },
    ),
  );
});
