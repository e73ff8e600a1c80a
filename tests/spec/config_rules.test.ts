import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  healthDurationFault,
  healthTestFault,
  joinVariables,
  portRange,
} from "../../src/spec/config_rules.ts";

test("portRange reads one port and several", () => {
  assert.deepEqual(portRange("80"), { first: 80, last: 80 });
  assert.deepEqual(portRange("8000-8010/udp"), {
    first: 8000,
    last: 8010,
    protocol: "udp",
  });
  for (const text of ["", "0", "65536", "2-1", "1-70000", "80/", "80/icmp"]) {
    assert.equal(portRange(text), undefined, text);
  }
});

test("portRange reads what it is written from", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(
    fc.property(
      port,
      port,
      fc.constantFrom("tcp", "udp", "sctp"),
      (a, b, c) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        assert.deepEqual(portRange(`${first}-${last}/${c}`), {
          first,
          last,
          protocol: c,
        });
      },
    ),
  );
});

test("healthTestFault knows the four forms of a test", () => {
  for (
    const test of [
      [],
      ["NONE"],
      ["CMD", "/app", ""],
      ["CMD-SHELL", "curl -f localhost || exit 1"],
    ]
  ) assert.equal(healthTestFault(test), undefined, test.join());
  for (
    const test of [
      ["NONE", "x"],
      ["CMD"],
      ["CMD", ""],
      ["CMD-SHELL"],
      ["CMD-SHELL", " "],
      ["CMD-SHELL", "a", "b"],
      ["cmd", "x"],
      ["/app", "--health"],
      ["CMD", "a\0"],
    ]
  ) assert.match(healthTestFault(test) ?? "", /NONE/, test.join());
});

test("healthDurationFault takes 0, and whole nanoseconds from 1 ms", () => {
  for (const number of [0, 1_000_000, 2 ** 53 - 1]) {
    assert.equal(healthDurationFault(number), undefined);
  }
  for (const number of [-1, 1, 999_999, 1_000_000.5, 2 ** 53, NaN, Infinity]) {
    assert.ok(healthDurationFault(number), String(number));
  }
});

test("joinVariables keeps the first place and the last value of a name", () => {
  assert.deepEqual(
    joinVariables(["A=1", "B=2", "A=3=4", "FOO", "FO=1", "toString=x"]),
    ["A=3=4", "B=2", "FOO", "FO=1", "toString=x"],
  );
});

test("joinVariables gives each name once, and nothing new", () => {
  const entry = fc.tuple(
    fc.constantFrom("A", "B", "__proto__", "C"),
    fc.string(),
  ).map(([name, value]) => `${name}=${value}`);
  fc.assert(fc.property(fc.array(entry), (entries) => {
    const joined = joinVariables(entries);
    const names = joined.map((text) => text.slice(0, text.indexOf("=")));
    assert.equal(new Set(names).size, names.length);
    for (const [index, name] of names.entries()) {
      const last = entries.findLast((text) => text.startsWith(`${name}=`));
      assert.equal(joined[index], last);
    }
    assert.deepEqual(joinVariables(joined), joined);
  }));
});
