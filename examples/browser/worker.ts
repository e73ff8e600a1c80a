/// <reference lib="webworker" />
import { buildImage, type ImageRequest } from "./build_image.ts";

/** Builds an image for each request, so that the page stays alive meanwhile. */
self.addEventListener("message", async (event: MessageEvent<ImageRequest>) => {
  try {
    self.postMessage(await buildImage(event.data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});
