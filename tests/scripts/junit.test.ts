import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJunit } from "../../scripts/junit.ts";

test("parseJunit reads Deno's report", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="0.024">
    <testsuite name="./tests/a.test.ts" tests="3" disabled="1" failures="1">
        <testcase name="a &gt; &quot;b&quot;" classname="./tests/a.test.ts" time="0.013" line="4" col="1">
        </testcase>
        <testcase name="skipped" classname="./tests/a.test.ts" time="0.000" line="5" col="1">
            <skipped/>
        </testcase>
        <testcase name="fails" classname="./tests/a.test.ts" time="0.020" line="6" col="1">
            <failure message="Uncaught AssertionError: &lt;skipped/&gt;

1 !== 2
">at tests/a.test.ts:6:30)</failure>
        </testcase>
    </testsuite>
</testsuites>`;
  const file = "./tests/a.test.ts";
  assert.deepEqual(parseJunit(xml), [
    { name: 'a > "b"', file, outcome: "passed" },
    { name: "skipped", file, outcome: "skipped" },
    { name: "fails", file, outcome: "failed" },
  ]);
});

test("parseJunit reads Bun's report", () => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" assertions="0" failures="1" skipped="1" time="8.06">
  <testsuite name="tests/a.test.ts" file="tests/a.test.ts" tests="3" failures="1" skipped="1" time="0.003" hostname="vm">
    <testcase name="&#x2603; &#38; more" classname="" time="0.001" file="tests/a.test.ts" line="3" assertions="0" />
    <testcase name="skipped" classname="" time="0" file="tests/a.test.ts" line="4" assertions="0">
      <skipped />
    </testcase>
    <testcase name="hangs" classname="" time="5.0" file="tests/a.test.ts" line="3" assertions="0">
      <failure type="TimeoutError" message="test timed out" />
    </testcase>
  </testsuite>
</testsuites>`;
  const file = "tests/a.test.ts";
  assert.deepEqual(parseJunit(xml), [
    { name: "☃ & more", file, outcome: "passed" },
    { name: "skipped", file, outcome: "skipped" },
    { name: "hangs", file, outcome: "failed" },
  ]);
});

test("parseJunit reads Node's report, with the reasons of skips", () => {
  const xml = `<?xml version="1.0" encoding="utf-8"?>
<testsuites>
\t<testcase name="a &lt;b> &amp;quot;c&amp;quot;" time="0.0008" classname="test" file="/x/tests/a.test.ts"/>
\t<testcase name="skipped" time="0.0001" classname="test" file="/x/tests/a.test.ts">
\t\t<skipped type="skipped" message="needs skopeo (Debian package skopeo)"/>
\t</testcase>
\t<testcase name="fails" time="0.0009" classname="test" file="/x/tests/a.test.ts" failure="1 !== 2&#10;">
\t\t<failure type="testCodeFailure" message="1 !== 2">
[Error [ERR_TEST_FAILURE]: 1 !== 2] { code: 'ERR_TEST_FAILURE' }
\t\t</failure>
\t</testcase>
\t<!-- tests 3 -->
</testsuites>`;
  const file = "/x/tests/a.test.ts";
  assert.deepEqual(parseJunit(xml), [
    { name: 'a <b> "c"', file, outcome: "passed" },
    {
      name: "skipped",
      file,
      outcome: "skipped",
      reason: "needs skopeo (Debian package skopeo)",
    },
    { name: "fails", file, outcome: "failed" },
  ]);
});

test("parseJunit finds no test in an empty report", () => {
  assert.deepEqual(parseJunit(""), []);
  assert.deepEqual(parseJunit("<testsuites></testsuites>"), []);
});
