import { mediaTypes } from "../../../src/spec/media_types.ts";
import type { Ask, AskOptions } from "./ask.ts";
import { digestBy } from "./digests.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const octets = { "content-type": "application/octet-stream" };

/**
 * Asks a registry what one may be asked in a day, and tells what it said: one
 * line for each answer, without what differs from one run to the next.
 */
export async function conversation(ask: Ask): Promise<string[]> {
  const lines: string[] = [];
  let location = "";
  const say = async (line: string, options?: AskOptions) => {
    const response = await ask(line, options);
    const { status, headers } = response;
    const text = await response.text().catch((error) => {
      // docker-registry announces more than it sends where a range is wrong.
      if (status !== 416) throw error;
      return "";
    });
    const told = ["range", "content-range", "docker-content-digest", "link"]
      .filter((name) => status !== 416 || name === "content-range")
      .flatMap((name) => headers.get(name) ?? []);
    // No specification asks for a code in these.
    const codes = status === 416 || /referrers|v3/.test(line)
      ? []
      : Array.from(text.matchAll(/"code":"(\w+)"/g), ([, code]) => code);
    const tags = /"tags":\[([^\]]*)/.exec(text)?.[1]?.split(",").sort();
    lines.push(
      [
        line.replace(/[^ ]*(\/v2\/[^?]*)[^ ]*/, "$1").replace(
          /(uploads\/)[^/]+$/,
          "$1*",
        ),
        status,
        ...told,
        ...codes,
        ...tags ?? [],
      ].join(" "),
    );
    const next = headers.get("location");
    if (next !== null && status < 300) location = next;
    return response;
  };
  const withDigest = (digest: string) =>
    `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;

  const [one, two] = [bytes("0123456789"), bytes("another blob")];
  const [first, second] = [digestBy("sha256", one), digestBy("sha256", two)];
  const uploads = "/v2/team/app/blobs/uploads/";

  await say("GET /v2/");
  await say(`HEAD /v2/team/app/blobs/${first}`);
  await say(`GET /v2/team/app/blobs/${first}`);
  await say("GET /v2/team/app/manifests/1");
  await say("GET /v2/team/app/tags/list");
  await say(`GET /v2/team/app/referrers/${first}`);

  // One PUT.
  await say(`POST ${uploads}`);
  await say(`GET ${location}`);
  await say(`PUT ${withDigest(first)}`, { headers: octets, body: one });
  await say(`HEAD /v2/team/app/blobs/${first}`);
  const range = { range: "bytes=3-5" };
  await say(`GET /v2/team/app/blobs/${first}`, { headers: range });
  const open = { range: "bytes=8-" };
  await say(`GET /v2/team/app/blobs/${first}`, { headers: open });
  const past = { range: "bytes=10-" };
  await say(`GET /v2/team/app/blobs/${first}`, { headers: past });

  // Chunks; then a Location that is not the latest.
  await say(`POST ${uploads}`);
  const chunk = (start: number, end: number) => ({
    headers: { ...octets, "content-range": `${start}-${end}` },
    body: two.slice(start, end + 1),
  });
  await say(`PATCH ${location}`, chunk(0, 4));
  await say(`GET ${location}`);
  await say(`PATCH ${location}`, chunk(5, 9));
  await say(`PUT ${withDigest(second)}`, {
    headers: octets,
    body: two.slice(10),
  });
  await say(`GET /v2/team/app/blobs/${second}`);
  await say(`GET ${location}`);

  // A chunk too far, and a chunk at a Location that is not the latest.
  await say(`POST ${uploads}`);
  const earlier = location;
  await say(`PATCH ${location}`, chunk(0, 4));
  await say(`PATCH ${location}`, chunk(7, 9));
  await say(`PATCH ${earlier}`, chunk(5, 9));

  // One PATCH without a range, an empty PUT.
  await say(`POST ${uploads}`);
  await say(`PATCH ${location}`, { headers: octets, body: two });
  await say(`PUT ${withDigest(second)}`);

  // A wrong digest, then the right one; a digest that is none.
  await say(`POST ${uploads}`);
  await say(`PATCH ${location}`, { headers: octets, body: two });
  const wrong = `sha256:${"0".repeat(64)}`;
  await say(`PUT ${withDigest(wrong)}`);
  await say(`GET ${location}`);
  await say(`PUT ${withDigest(second)}`);
  await say(`POST ${uploads}`);
  await say(`PUT ${withDigest("md5")}`);

  // Cancelled.
  await say(`POST ${uploads}`);
  const cancelled = location;
  await say(`DELETE ${cancelled}`);
  await say(`GET ${cancelled}`);

  // Mounts, and an upload in one POST.
  await say(`POST /v2/other/app/blobs/uploads/?mount=${first}&from=team/app`);
  await say(`HEAD /v2/other/app/blobs/${first}`);
  await say(`POST ${uploads}?mount=${wrong}&from=other/app`);
  await say(`POST ${uploads}?mount=${wrong}`);
  await say(`POST ${uploads}?digest=${first}`, { headers: octets, body: one });

  // SHA-512.
  const long = digestBy("sha512", one);
  await say(`POST ${uploads}`);
  await say(`PUT ${withDigest(long)}`, { headers: octets, body: one });

  // Manifests.
  const { oci } = mediaTypes;
  const descriptor = (mediaType: string, of: Uint8Array) => ({
    mediaType,
    digest: digestBy("sha256", of),
    size: of.byteLength,
  });
  const manifest = (config: Uint8Array, ...layers: Uint8Array[]) =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: oci.manifest,
      config: descriptor(oci.config, config),
      layers: layers.map((layer) => descriptor(oci.layer, layer)),
    });
  const headers = { "content-type": oci.manifest };
  const accept = { headers: { accept: oci.manifest } };
  const body = manifest(one, two);
  const digest = digestBy("sha256", bytes(body));
  const manifests = "/v2/team/app/manifests";
  const put = (name: string, body: string) =>
    say(`PUT ${manifests}/${name}`, { headers, body });
  await put("1", manifest(bytes("not there"), two));
  await put("1", "not JSON");
  await put(wrong, body);
  await put("1", body);
  await put(digest, body);
  await put("2", body);
  await say(`HEAD ${manifests}/1`, accept);
  await say(`GET ${manifests}/${digest}`, accept);
  await say(`GET ${manifests}/3`, accept);
  await say(`GET ${manifests}/${wrong}`, accept);
  await say(`GET ${manifests}/1`, {
    headers: { accept: mediaTypes.docker.manifest },
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: oci.index,
    manifests: [descriptor(oci.manifest, bytes(body))],
  });
  await say(`PUT ${manifests}/all`, {
    headers: { "content-type": oci.index },
    body: index,
  });
  const indexAccept = { headers: { accept: oci.index } };
  await say(`HEAD ${manifests}/all`, indexAccept);

  // Lists, deletes.
  await say("GET /v2/team/app/tags/list");
  await say("GET /v2/team/app/tags/list?n=2");
  await say("GET /v2/team/app/tags/list?n=2&last=2");
  await say(`DELETE ${manifests}/${digest}`);
  await say(`DELETE /v2/team/app/blobs/${first}`);
  await say("GET /v3/");
  return lines;
}
