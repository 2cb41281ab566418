export type ImageFormat = 'raw' | 'qcow2';

/** Bytes that are arriving, for one reader. */
export interface ByteSource {
  /**
   * Hands over each part in order, and waits while `take` returns a promise. A part is valid until then: its memory is
   * used again for the next. Resolves after the last part. Rejects if the bytes end early, or with what `take` throws:
   * then no more bytes are fetched.
   */
  passTo(take: (part: Uint8Array) => Promise<void> | undefined): Promise<void>;
}

/** Images that carry a disk's bytes (capabilities `disk.upload`, `disk.download`). */
export interface ImagePort {
  /** A new image that has no bytes yet. Returns its id. */
  create(name: string, format: ImageFormat): Promise<string>;
  /** Sends `length` bytes. `parts` is called again for a retry. */
  write(id: string, length: number, parts: () => AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes from `start` to before `end`. Throws `not-found` when the image is gone. */
  read(id: string, start: number, end: number): Promise<ByteSource>;
  /** The state of the image; undefined when there is none. `sizeBytes` once it is ready. */
  look(
    id: string,
  ): Promise<{ readonly state: 'pending' | 'ready' | 'failed'; readonly sizeBytes?: number } | undefined>;
  /** Ids of the images of that name. */
  named(name: string): Promise<readonly string[]>;
  /** Starts to copy an unattached disk into a new image. Returns the image's id. */
  ofDisk(diskId: string, name: string, format: ImageFormat): Promise<string>;
  /** Starts to overwrite an unattached disk with an image, which the backend converts. */
  intoDisk(id: string, diskId: string): Promise<void>;
  /** Succeeds for one that is gone. */
  remove(id: string): Promise<void>;
}
