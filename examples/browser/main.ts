/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { BuiltImage, ImageRequest, PlacedFile } from "./build_image.ts";
import { chosenFiles, droppedFiles } from "./dropped_files.ts";

const form = find("form", HTMLFormElement);
const zone = find("#zone", HTMLElement);
const picker = find("#files", HTMLInputElement);
const list = find("#list", HTMLElement);
const result = find("#result", HTMLElement);
const files = new Map<string, PlacedFile>();

picker.addEventListener("change", () => add(chosenFiles(picker.files ?? [])));
zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", async (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  if (event.dataTransfer) add(await droppedFiles(event.dataTransfer));
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? "").trim();
  await build({
    files: [...files.values()],
    prefix: text("prefix") || "/",
    command: text("command").split(/\s+/).filter((word) => word !== ""),
    tag: text("tag") || "latest",
  });
});

function add(more: readonly PlacedFile[]): void {
  for (const file of more) files.set(file.path, file);
  list.replaceChildren(
    ...[...files.values()].map(({ path, content }) => {
      const item = document.createElement("li");
      item.textContent = `${path} (${content.size} bytes)`;
      return item;
    }),
  );
}

async function build(request: ImageRequest): Promise<void> {
  result.textContent = "building …";
  try {
    const { digest, size, archive } = await inWorker(request);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(archive);
    link.download = "image.tar";
    link.textContent = "image.tar";
    const name = document.createElement("code");
    name.textContent = digest;
    result.replaceChildren(
      name,
      ` – a layer of ${size} bytes – `,
      link,
      ", for docker load",
    );
  } catch (error) {
    result.textContent = error instanceof Error ? error.message : String(error);
  }
}

function inWorker(request: ImageRequest): Promise<BuiltImage> {
  const url = new URL("./worker.js", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  return new Promise<BuiltImage>((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => {
      if ("error" in data) reject(new Error(data.error));
      else resolve(data);
    });
    worker.addEventListener("error", ({ message }) => {
      reject(new Error(message || "the worker could not be loaded"));
    });
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

function find<T extends Element>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${selector}`);
}
