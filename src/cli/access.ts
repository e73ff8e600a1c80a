import type { SearchedPlace } from "../machine/credentials/credential_options.ts";
import type { AccessReport } from "../registry/auth/access_report.ts";
import type { Reference } from "../registry/reference.ts";
import { printable } from "../spec/printable.ts";

/** What `auth` has found out. */
export interface FoundAccess {
  /** The repository. */
  readonly reference: Reference;
  /** What the registry makes of the credential. */
  readonly report: AccessReport;
  /** Where a credential was looked for, in order. */
  readonly places: readonly SearchedPlace[];
  /** The user name, where the credential has one. */
  readonly username?: string;
}

/** The JSON document of `auth --json`. */
export interface AccessDocument extends AccessReport {
  /** Changes when a program that reads the document would have to. */
  readonly version: 1;
  /** The registry. */
  readonly registry: string;
  /** The repository in the registry. */
  readonly repository: string;
  /** The user name, where the credential has one. */
  readonly username?: string;
  /** Where a credential was looked for, in order. */
  readonly lookedIn: readonly SearchedPlace[];
}

/** The column that values begin in. */
const COLUMN = 12;

const OUTCOMES: Readonly<Record<SearchedPlace["outcome"], string>> = {
  found: "found",
  nothing: "nothing for this registry",
  absent: "not there",
  unusable: "cannot be used",
};

/** What `auth --json` prints. */
export function accessDocument(
  { reference, report, places, username }: FoundAccess,
): AccessDocument {
  const { credential, source, ...rest } = report;
  return {
    version: 1,
    registry: reference.registry,
    repository: reference.repository,
    credential,
    ...(username === undefined ? {} : { username }),
    ...(source === undefined ? {} : { source }),
    lookedIn: places,
    ...rest,
  };
}

/** What `auth` prints for people, a line for each fact. */
export function accessLines(found: FoundAccess): string[] {
  const { reference: { registry, repository }, report } = found;
  const { scopesAsked, scopesGranted, mayPull, mayPush } = report;
  return [
    ...row("repository", [`${registry}/${repository}`]),
    ...row("credential", [credentialText(found)]),
    ...row("looked in", placeTexts(found)),
    ...row("asks for", [schemeText(report)]),
    ...row("asked for", scopesAsked),
    ...row("granted", scopesGranted ?? []),
    ...row("may pull", [answer(mayPull)]),
    ...row("may push", [answer(mayPush)]),
  ];
}

function row(name: string, values: readonly string[]): string[] {
  return values.map((value, index) =>
    printable((index === 0 ? name : "").padEnd(COLUMN) + value)
  );
}

function credentialText({ report, username }: FoundAccess): string {
  const { credential, source } = report;
  if (credential === "none") return "none";
  const what = username === undefined
    ? credential
    : `${credential} of ${username}`;
  return what + (source === undefined ? "" : `, from ${source}`);
}

/** Places that are not there matter only where there is no other. */
function placeTexts({ report, places }: FoundAccess): string[] {
  const isFound = report.credential !== "none";
  return places
    .filter(({ outcome }) => outcome !== "absent" || !isFound)
    .map(({ place, outcome }) => `${place}: ${OUTCOMES[outcome]}`);
}

function schemeText(
  { scheme, realm, service, expiresIn, refusal }: AccessReport,
): string {
  if (scheme === undefined) {
    return refusal === undefined ? "nothing" : "a credential";
  }
  if (scheme !== "bearer") return "a user name and a password";
  const life = expiresIn === undefined ? "" : `, good for ${expiresIn} s`;
  return realm === undefined ? "a bearer token" : `a bearer token of ${realm}` +
    (service === undefined ? "" : ` for ${service}`) + life;
}

function answer(may: boolean | undefined): string {
  return may === undefined ? "unknown" : may ? "yes" : "no";
}
