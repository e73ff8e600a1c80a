import process from "node:process";
import { annotationKeys } from "../../spec/annotations.ts";
import { MAX_SECONDS, secondsToDateTime } from "../../spec/date_time.ts";
import { ScratchbuildError } from "../../spec/error.ts";
import { printable } from "../../spec/printable.ts";
import { type GitAnswer, runGit, type RunGitOptions } from "./run_git.ts";
import { sourceUrl } from "./source_url.ts";
import { versionTag } from "./version_tag.ts";

/** What a checkout of a version control system says of itself. */
export interface Checkout {
  /**
   * Hash of the commit, with `-dirty` behind it where a file that belongs to
   * the checkout is not as it was committed.
   */
  readonly revision: string;
  /** Date and time of the commit, RFC 3339 in UTC. */
  readonly created?: string;
  /** URL of the remote `origin`, without user name and password. */
  readonly source?: string;
  /** The tag of the commit, with `-dirty` as in the revision. */
  readonly version?: string;
}

/** Options of {@linkcode readCheckout}. */
export interface CheckoutOptions {
  /**
   * The environment variables that git runs with.
   *
   * @default those of this process
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/**
 * Reads what git knows of the checkout that a directory belongs to. It runs
 * `git`, which reads the checkout's own settings: only for checkouts that are
 * trusted.
 *
 * @param directory Any directory of the checkout.
 * @throws {ScratchbuildError} Code `VCS` where the directory is in no checkout,
 * nothing is committed, git is not installed or fails; code `ABORTED` where the
 * signal ended the work.
 *
 * @example
 * ```ts no-eval
 * import { checkoutAnnotations, readCheckout } from "@x/scratchbuild";
 *
 * const annotations = checkoutAnnotations(await readCheckout("."));
 * console.log(annotations["org.opencontainers.image.revision"]);
 * ```
 */
export async function readCheckout(
  directory: string,
  { env = process.env, signal }: CheckoutOptions = {},
): Promise<Checkout> {
  const git = (...args: string[]) => {
    const options: RunGitOptions = {
      directory,
      env,
      ...(signal && { signal }),
    };
    return runGit(args, options);
  };
  const revision = await headOf(directory, git);
  const changed = checked(
    directory,
    await git(
      "status",
      "--porcelain",
      "--untracked-files=no",
      "--ignore-submodules=untracked",
    ),
  );
  const dirty = changed === "" ? "" : "-dirty";
  const seconds = checked(
    directory,
    await git(
      ...["-c", "log.showSignature=false"],
      ...["log", "-1", "--format=%ct", revision, "--"],
    ),
  );
  const tags = checked(
    directory,
    await git("tag", "--no-column", "--points-at", revision),
  );
  const remote = await git("remote", "get-url", "origin");
  const version = versionTag(tags.split("\n").filter((tag) => tag !== ""));
  const source = remote.status === 0
    ? sourceUrl(remote.output.trim())
    : undefined;
  const created = dateTimeOf(seconds);
  return {
    revision: revision + dirty,
    ...(created !== undefined && { created }),
    ...(source !== undefined && { source }),
    ...(version !== undefined && { version: version + dirty }),
  };
}

/** A checkout as labels or annotations have it. */
export function checkoutAnnotations(
  { revision, created, source, version }: Checkout,
): Record<string, string> {
  return {
    ...(created !== undefined && { [annotationKeys.created]: created }),
    [annotationKeys.revision]: revision,
    ...(source !== undefined && { [annotationKeys.source]: source }),
    ...(version !== undefined && { [annotationKeys.version]: version }),
  };
}

async function headOf(
  directory: string,
  git: (...args: string[]) => Promise<GitAnswer>,
): Promise<string> {
  const answer = await git("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  // That is what --quiet leaves of a HEAD that leads nowhere.
  if (answer.status === 1 && answer.complaint === "") {
    throw vcsError(directory, "nothing has been committed yet; commit first");
  }
  return checked(directory, answer).trim();
}

/** What git printed, where all went well. */
function checked(directory: string, answer: GitAnswer): string {
  if (answer.status === 0) return answer.output;
  const { complaint } = answer;
  if (complaint.includes("dubious ownership")) {
    throw vcsError(
      directory,
      "git refuses to read it, because it belongs to another user; if you " +
        "trust it, run git config --global --add safe.directory DIRECTORY " +
        "with its topmost directory",
    );
  }
  if (complaint.includes("not a git repository")) {
    throw vcsError(
      directory,
      "it is in no checkout of git; take one, or do without what git knows",
    );
  }
  const [line = ""] = complaint.split("\n");
  throw vcsError(
    directory,
    `git says: ${printable(line.slice(0, 200)) || `exit ${answer.status}`}`,
  );
}

function vcsError(directory: string, why: string): ScratchbuildError {
  return new ScratchbuildError(
    `Cannot read the git checkout of ${printable(directory)}: ${why}`,
    { code: "VCS" },
  );
}

/** Git takes dates that RFC 3339 cannot write. */
function dateTimeOf(text: string): string | undefined {
  const seconds = Number(text.trim());
  const fits = /^\d+\s*$/.test(text) && seconds <= MAX_SECONDS;
  return fits ? secondsToDateTime(seconds) : undefined;
}
