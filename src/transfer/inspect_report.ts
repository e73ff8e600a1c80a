import type { Descriptor } from "../spec/descriptor.ts";
import type { Digest } from "../spec/digest.ts";
import type { Healthcheck } from "../spec/image.ts";

/** What is at a location, as {@linkcode inspectImage} finds it. Plain JSON. */
export interface InspectReport {
  /** The place, without tag and digest: `ghcr.io/me/app`, `oci:build/image`. */
  readonly name: string;
  /** The reference in full, where the place is a registry. */
  readonly reference?: string;
  /** Digest of what the location names: of a manifest or an index. */
  readonly digest: Digest;
  /** Media type of that. */
  readonly mediaType: string;
  /** What the index names, in its order. Nothing where there is no index. */
  readonly platforms: readonly InspectedPlatform[];
  /** Annotations of the index, where there is one. */
  readonly indexAnnotations?: Readonly<Record<string, string>>;
  /** The image: the only one, or the one for the platform. */
  readonly image?: InspectedImage;
  /** What is there in place of an image: a signature, a chart, an SBOM … */
  readonly artifact?: InspectedArtifact;
  /** What refers to what the location names, where that was asked for. */
  readonly referrers?: readonly Descriptor[];
}

/** An entry of an index. */
export interface InspectedPlatform {
  /**
   * What it is: an `image`, what is known of one (`attestation`), another
   * `index`, or anything else.
   */
  readonly kind: "image" | "attestation" | "index" | "other";
  /** What it runs on: `linux/arm/v7`. */
  readonly platform?: string;
  /** Media type of its manifest. */
  readonly mediaType: string;
  /** Digest of its manifest. */
  readonly digest: Digest;
  /** Bytes of its manifest. */
  readonly size: number;
  /**
   * Compressed bytes of its layers together. Known where its manifest was read.
   */
  readonly layersSize?: number;
  /** The image that an attestation is about. */
  readonly about?: Digest;
  /** Type of the artifact, where the index gives one. */
  readonly artifactType?: string;
  /** Whether it is the one that the rest of the report is about. */
  readonly isChosen: boolean;
}

/** An image. Everything that it does not say is absent. */
export interface InspectedImage {
  /** Digest of its manifest. */
  readonly digest: Digest;
  /** Media type of its manifest. */
  readonly mediaType: string;
  /** Digest of its configuration, which is the image ID. */
  readonly configDigest: Digest;
  /** What it runs on: `linux/amd64`. */
  readonly platform: string;
  /** Features that the operating system must have. Windows. */
  readonly osFeatures?: readonly string[];
  /** Date and time, RFC 3339. */
  readonly created?: string;
  /** Who made it. */
  readonly author?: string;
  /** The command and its first arguments. */
  readonly entrypoint?: readonly string[];
  /** Default arguments, or the command where there is no entrypoint. */
  readonly cmd?: readonly string[];
  /** Environment variables, `NAME=value`. */
  readonly env?: readonly string[];
  /** Labels of the configuration. */
  readonly labels?: Readonly<Record<string, string>>;
  /** User that the program runs as. */
  readonly user?: string;
  /** Directory that the program starts in. */
  readonly workdir?: string;
  /** Ports that the program listens on: `8080/tcp`. */
  readonly ports?: readonly string[];
  /** Directories that hold data of one container. */
  readonly volumes?: readonly string[];
  /** Signal that stops the program. */
  readonly stopSignal?: string;
  /** How Docker finds out whether a container is well. */
  readonly healthcheck?: Healthcheck;
  /** Annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The image that it was built on, where its annotations say so. */
  readonly base?: {
    /** Reference of the base. */
    readonly name?: string;
    /** Digest of the base. */
    readonly digest?: string;
  };
  /** The layers, bottom-most first. */
  readonly layers: readonly InspectedLayer[];
  /** How the image came to be, the first step first. */
  readonly history: readonly InspectedStep[];
  /** Compressed bytes of all layers together. */
  readonly layersSize: number;
  /** Bytes of the manifest, the configuration and the layers together. */
  readonly size: number;
  /**
   * Bytes of all layers together, not compressed. Known where all of them were
   * read.
   */
  readonly unpackedSize?: number;
}

/** A layer of an image, or of another artifact. */
export interface InspectedLayer {
  /** Digest of the bytes, compressed as they are. */
  readonly digest: Digest;
  /** Digest of the tar, of a layer of an image. */
  readonly diffId?: Digest;
  /** Media type of the bytes. */
  readonly mediaType: string;
  /** Number of the bytes. */
  readonly size: number;
  /** The command that made it, where the history goes with the layers. */
  readonly createdBy?: string;
  /** Annotations of its descriptor. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Where else it may be had. */
  readonly urls?: readonly string[];
  /** Bytes of the tar. Known where it was read. */
  readonly unpackedSize?: number;
  /** What it holds. Known where it was read. */
  readonly contents?: LayerContents;
}

/** What a layer holds. */
export interface LayerContents {
  /** Number of its entries, whiteouts among them. */
  readonly entries: number;
  /** Number of entries that take away something of the layers below. */
  readonly whiteouts: number;
  /** The biggest files, the biggest first. */
  readonly biggest: readonly {
    /** Path in the image, without `/` before it. */
    readonly path: string;
    /** Bytes of its content. */
    readonly size: number;
  }[];
}

/** A step of the history of an image. */
export interface InspectedStep {
  /** The command. */
  readonly createdBy?: string;
  /** Date and time, RFC 3339. */
  readonly created?: string;
  /** Who made it. */
  readonly author?: string;
  /** Free text. */
  readonly comment?: string;
  /**
   * Position among the layers of the one that it made, from 0. Absent where it
   * made none, or the history does not go with the layers.
   */
  readonly layer?: number;
}

/** What is no image. Its configuration is not read. */
export interface InspectedArtifact {
  /** Digest of its manifest. */
  readonly digest: Digest;
  /** Media type of its manifest. */
  readonly mediaType: string;
  /** What it is: its artifact type, else the media type of its configuration. */
  readonly artifactType: string;
  /** Its configuration. */
  readonly config: Descriptor;
  /** The manifest that it refers to. */
  readonly subject?: Descriptor;
  /** Annotations of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What it consists of. */
  readonly layers: readonly InspectedLayer[];
  /** Bytes of the layers together. */
  readonly layersSize: number;
}
