import type { BlobUpload } from "./blob_upload.ts";
import { hasBlob } from "./has_blob.ts";
import { pause, wait } from "./pause.ts";
import { drop, fallIntoStep, resync } from "./resync.ts";
import type { Setback } from "./setback.ts";
import { chooseWay, type UploadCourse } from "./upload_course.ts";
import type { UploadWay } from "./upload_memory.ts";
import { PART_SIZE, partSize } from "./upload_parts.ts";
import { limitOf } from "./upload_session.ts";

/** A blob of more bytes goes on in parts once its upload has broken. */
const LARGE_BLOB = 32 * 1024 * 1024;

/** No request is made smaller than that, where the registry names no limit. */
const LEAST_BODY = 1024 * 1024;

/**
 * Most bytes of a body that goes out with its length on every runtime, and of a
 * part that GHCR takes.
 */
const SMALL_BODY = 4 * 1024 * 1024;

/**
 * Bytes that the registry has to confirm beyond what it ever had to count for
 * more than nothing, so that one that always breaks off has an end.
 */
const LEAST_PROGRESS = 64 * 1024;

/** How often the last way that is left may fail in a row, and not say why. */
const MOST_ODDITIES = 4;

/** An upload, how it goes, and what has come in between. */
interface Situation {
  readonly upload: BlobUpload;
  readonly course: UploadCourse;
  readonly way: UploadWay;
  readonly setback: Setback;
}

/**
 * Decides how an upload goes on after a setback.
 *
 * @param way How the blob was being sent.
 * @returns Whether the registry has the blob by now.
 * @throws {ScratchbuildError} The error of the setback, where nothing helps.
 */
export async function overcome(
  upload: BlobUpload,
  course: UploadCourse,
  way: UploadWay,
  setback: Setback,
): Promise<boolean> {
  const situation = { upload, course, way, setback };
  const { error } = setback;
  noteProgress(course);
  switch (setback.verdict) {
    case "final":
      throw error;
    case "again":
      if (await isThereAfterAll(situation)) return true;
      break;
    case "lost":
      course.session = undefined;
      await countOddity(situation);
      break;
    case "refused":
      upload.memory.refused.add(way);
      await refuse(situation);
      break;
    case "length wanted":
    case "too large":
      await shrink(situation);
      break;
    case "out of step":
      await sendOthers(situation);
      break;
    case "corrupt":
      if (course.wasCorrupt) throw error;
      course.wasCorrupt = true;
      course.refusal ??= error;
      await drop(upload, course);
      break;
  }
  if (chooseWay(upload, course) === undefined) throw course.refusal ?? error;
  return false;
}

/** After the server or the network failed: waits, and asks what has arrived. */
async function isThereAfterAll(
  { upload, course, way, setback }: Situation,
): Promise<boolean> {
  const { repository, blob: { descriptor }, options: { signal } } = upload;
  const { task, session } = course;
  const delay = task.delay(setback.outcome);
  if (delay !== undefined) await wait(repository, delay, signal);
  // Some answer 500 or nothing at all, and have stored it.
  const isComplete = session?.sent === descriptor.size;
  if (isComplete && await hasBlob(repository, descriptor, signal)) return true;
  if (delay === undefined) throw setback.error;
  await resync(upload, course);
  noteProgress(course);
  course.inParts ||= way !== "parts" && descriptor.size > LARGE_BLOB;
  return false;
}

/** Counts failures anew where the registry has more than it ever had. */
function noteProgress(course: UploadCourse): void {
  const offset = course.session?.offset ?? 0;
  if (offset < course.best + LEAST_PROGRESS) return;
  course.best = offset;
  course.oddities = 0;
  course.task.progress();
}

/** Makes the requests smaller, if there is room for that. */
async function shrink(situation: Situation): Promise<void> {
  const { upload, course, way, setback } = situation;
  const { memory, blob: { descriptor: { size } } } = upload;
  if (way === "parts") {
    const sent = lastPart(course);
    memory.maxPart = Math.min(memory.maxPart, smaller(sent, setback));
    const { session } = course;
    if (!session || partSize(upload, session) >= sent) await refuse(situation);
    return;
  }
  memory.maxBody = Math.min(memory.maxBody, smaller(size, setback));
  if (memory.maxBody >= size) return await refuse(situation);
  course.refusal ??= setback.error;
  await drop(upload, course);
}

/** How many bytes to send, where so many were too many. */
function smaller(sent: number, { verdict, outcome }: Setback): number {
  const { response } = outcome;
  if (verdict === "length wanted") return SMALL_BODY;
  const half = Math.max(LEAST_BODY, Math.floor(sent / 2));
  const most = response?.status === 416 ? SMALL_BODY : PART_SIZE;
  return response && limitOf(response.headers, "max") || Math.min(most, half);
}

/** Sends the bytes that the registry expects, or does it another way. */
async function sendOthers(situation: Situation): Promise<void> {
  const { upload, course, way } = situation;
  const { memory } = upload;
  if (way === "parts" && course.oddities === 0) {
    const step = await fallIntoStep(upload, course);
    if (step === "moved") {
      course.oddities++;
      return;
    }
    if (step === "same" && lastPart(course) > SMALL_BODY) {
      // It expects these bytes, so it must be their number.
      memory.maxPart = Math.min(memory.maxPart, SMALL_BODY);
      return;
    }
  }
  await drop(upload, course);
  await countOddity(situation);
}

/**
 * Lets the first thing pass that cannot be explained; after the second one of a
 * way the blob is sent in another way, if there is one.
 */
async function countOddity(situation: Situation): Promise<void> {
  const { upload, course, way } = situation;
  const { repository, options } = upload;
  const refused = new Set([...course.refused, way]);
  const isLast = chooseWay(upload, { ...course, refused }) === undefined;
  const failures = ++course.oddities;
  if (failures > (isLast ? MOST_ODDITIES : 1)) await refuse(situation);
  else await pause(repository, { ...options, failures });
}

/** Takes a way from the blob, and what was begun by it. */
async function refuse(
  { upload, course, way, setback }: Situation,
): Promise<void> {
  course.refused.add(way);
  course.refusal ??= setback.error;
  course.oddities = 0;
  await drop(upload, course);
}

/** Bytes of the part that was sent last. */
function lastPart({ session }: UploadCourse): number {
  return session ? session.sent - session.offset : 0;
}
