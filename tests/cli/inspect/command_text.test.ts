import assert from "node:assert/strict";
import { test } from "node:test";
import { commandText } from "../../../src/cli/inspect/command_text.ts";

test("commands are shown as a Dockerfile has them", () => {
  const cases: [command: string, shown: string][] = [
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ["/bin/sh -c #(nop) ADD file:8b1e in / ", "ADD file:8b1e in /"],
    ["/bin/sh -c apt-get update", "RUN apt-get update"],
    [
      "RUN /bin/sh -c make \t&& make   test # buildkit",
      "RUN make && make test",
    ],
    ["RUN |2 A=b c D= /bin/sh -c echo $A # buildkit", "RUN echo $A"],
    ["|1 A=b /bin/sh -c echo $A", "RUN echo $A"],
    ["RUN /bin/bash -eo pipefail -c a | b # buildkit", "RUN a | b"],
    ["/bin/ash -o pipefail -c a | b", "RUN a | b"],
    ["RUN /bin/dash -euxc true", "RUN true"],
    ["cmd /S /C #(nop)  USER me", "USER me"],
    ["cmd /S /C dir", "RUN dir"],
    ["COPY dist /app # buildkit", "COPY dist /app"],
    ["COPY /bin/sh -c /x", "COPY /bin/sh -c /x"],
    ["RUN /app --shell /bin/sh -c x", "RUN /app --shell /bin/sh -c x"],
    ["bazel build ...", "bazel build ..."],
    ["RUN /bin/sh -c cat <<EOF\none\nEOF\n # buildkit", "RUN cat <<EOF ..."],
    ["RUN a \\\n  b", "RUN a ..."],
    ["\n\nRUN a\n", "RUN a"],
    ["", ""],
  ];
  for (const [command, shown] of cases) {
    assert.equal(commandText(command), shown, command);
  }
});

test("a command of any length is read in time that grows with it", () => {
  const long = 200_000;
  for (const part of ["/bin/sh -a ", "-c", "|1 /bin/", " ", "/bin/sh -c"]) {
    const command = `RUN |1 ${part.repeat(long)}`;
    assert.ok(commandText(command).length <= command.length);
  }
});
