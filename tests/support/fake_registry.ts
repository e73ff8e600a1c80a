/**
 * The door of the fake registry. Without quirks it is a correct registry by
 * distribution-spec 1.1.1; the folder of the same name holds its parts.
 */
export { resetError } from "./fake_registry/apply_fault.ts";
export { assertSane } from "./fake_registry/assert_sane.ts";
export { digestBy } from "./fake_registry/digests.ts";
export { errorResponse, type Refusal } from "./fake_registry/error_response.ts";
export {
  type FakeAuth,
  type FakeRegistry,
  fakeRegistry,
  type FakeRegistryOptions,
  type Override,
  type RecordedRequest,
  type Token,
} from "./fake_registry/fake_registry.ts";
export type { Fault, Injection } from "./fake_registry/fault.ts";
export { type ProfileName, profiles } from "./fake_registry/profiles.ts";
export type { Quirks } from "./fake_registry/quirks.ts";
export type { Scope } from "./fake_registry/scope.ts";
export { serve, type ServedRegistry } from "./fake_registry/serve.ts";
