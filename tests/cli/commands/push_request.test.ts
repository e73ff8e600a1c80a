import assert from "node:assert/strict";
import { test } from "node:test";
import { pushRequest } from "../../../src/cli/commands/push_request.ts";

test("push takes directories and then a reference", () => {
  const request = pushRequest({ user: "app" }, ["a", "b:/b", "me/app:1"]);
  assert.deepEqual(request, {
    command: "push",
    flags: { user: "app" },
    sources: ["a", "b:/b"],
    locations: ["me/app:1"],
  });
});

test("push takes the flags of the Go program in place of arguments", () => {
  const cases: [flags: Parameters<typeof pushRequest>[0], args: string[]][] = [
    [{ dir: "out", name: "me/app", regurl: "https://eu.gcr.io" }, []],
    [{ name: "me/app", regurl: "https://eu.gcr.io/" }, ["out"]],
    [{ dir: "out" }, ["eu.gcr.io/me/app"]],
  ];
  for (const [flags, args] of cases) {
    const { sources, locations } = pushRequest(flags, args);
    assert.deepEqual(sources, ["out"]);
    assert.deepEqual(locations, ["eu.gcr.io/me/app"]);
  }
});

test("--dir stands below the other directories", () => {
  const { sources } = pushRequest({ dir: "a" }, ["b", "me/app"]);
  assert.deepEqual(sources, ["a", "b"]);
});

test("--vol adds to --volume", () => {
  const { flags } = pushRequest({ volume: ["/a"], vol: ["/b"] }, ["x", "y"]);
  assert.deepEqual(flags.volume, ["/a", "/b"]);
  assert.equal(pushRequest({}, ["x", "y"]).flags.volume, undefined);
});

test("--regurl says the registry and whether it is plain HTTP", () => {
  const cases: [
    regurl: string,
    insecure: true | undefined,
    location: string,
    plain: boolean,
  ][] = [
    ["https://eu.gcr.io", undefined, "eu.gcr.io/n", false],
    ["https://index.docker.io", undefined, "index.docker.io/n", false],
    ["https://localhost:5000", undefined, "localhost:5000/n", false],
    ["http://localhost:5000", undefined, "localhost:5000/n", true],
    ["http://127.0.0.1:5000/", undefined, "127.0.0.1:5000/n", true],
    ["http://[::1]:5000", undefined, "[::1]:5000/n", true],
    ["http://registry.lan", true, "registry.lan/n", true],
    ["https://registry", undefined, "registry:443/n", false],
    ["http://registry", true, "registry:80/n", true],
    ["https://EU.gcr.io", undefined, "eu.gcr.io/n", false],
  ];
  for (const [regurl, insecure, location, plain] of cases) {
    const flags = { name: "n", regurl, ...(insecure && { insecure }) };
    const request = pushRequest(flags, ["out"]);
    assert.deepEqual(request.locations, [location], regurl);
    assert.equal(request.flags.insecure, plain, regurl);
  }
});

test("push refuses what leaves the place or the content open", () => {
  const cases: [
    flags: Parameters<typeof pushRequest>[0],
    args: string[],
    message: RegExp,
  ][] = [
    [{}, [], /name a directory, file or tar and a reference/],
    [{}, ["out"], /name a directory, file or tar and a reference/],
    [{}, ["me/app:1"], /name a directory, file or tar and a reference/],
    [
      { name: "n", regurl: "https://r.io" },
      [],
      /name a directory, file or tar/,
    ],
    [{ name: "n" }, ["out"], /--name without --regurl/],
    [{ regurl: "https://r.io" }, ["out", "n"], /--regurl without --name/],
  ];
  for (const [flags, args, message] of cases) {
    assert.throws(() => pushRequest(flags, args), { code: "USAGE", message });
  }
  for (
    const regurl of [
      "",
      "eu.gcr.io",
      "ftp://eu.gcr.io",
      "https://eu.gcr.io/v2",
      "https://eu.gcr.io?x",
      "https://me:secret@eu.gcr.io",
      "https://",
    ]
  ) {
    assert.throws(
      () => pushRequest({ name: "n", regurl }, ["out"]),
      {
        code: "USAGE",
        message: "Cannot use --regurl: write https:// and a host, " +
          "as in https://eu.gcr.io",
      },
      regurl,
    );
  }
  assert.throws(
    () => pushRequest({ name: "n", regurl: "http://r.lan" }, ["out"]),
    { code: "USAGE", message: /write https:\/\/, or add --insecure/ },
  );
});
