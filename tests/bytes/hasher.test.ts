import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { createHasher, hashAlgorithm, hashOf } from "../../src/bytes/hasher.ts";

const abc = new TextEncoder().encode("abc");

test("the vectors of FIPS 180-2 (req-007)", () => {
  assert.equal(
    hashOf(abc, "sha256"),
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assert.equal(
    hashOf(abc, "sha384"),
    "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
      "8086072ba1e7cc2358baeca134c825a7",
  );
  assert.equal(
    hashOf(abc, "sha512"),
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  );
});

test("the portable hashes agree with the runtime's own", () => {
  const { getBuiltinModule } = process;
  const algorithms = fc.constantFrom("sha256", "sha384", "sha512");
  const inputs = fc.array(fc.uint8Array());
  fc.assert(fc.property(algorithms, inputs, (algorithm, chunks) => {
    const digest = () => {
      const hash = createHasher(algorithm);
      for (const chunk of chunks) hash.update(chunk);
      return hash.digest();
    };
    const own = digest();
    process.getBuiltinModule = (() =>
      undefined) as typeof process.getBuiltinModule;
    try {
      assert.equal(digest(), own);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  }));
});

test("the algorithm of a digest, where it can be verified (req-006)", () => {
  assert.equal(hashAlgorithm("sha256:ab"), "sha256");
  assert.equal(hashAlgorithm("sha512:ab"), "sha512");
  assert.equal(hashAlgorithm("blake3:ab"), undefined);
  assert.equal(hashAlgorithm("toString:ab"), undefined);
});
