export type ImageFormat = 'raw' | 'qcow2';

/** Images as carriers of a disk's bytes (capabilities `disk.upload`, `disk.download`). */
export interface ImagePort {
  /** A new image that has no bytes yet. Returns its id. */
  create(name: string, format: ImageFormat): Promise<string>;
  /** Sends the bytes, `length` of them. `parts` is called anew should they have to be sent again. */
  write(id: string, length: number, parts: () => AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes from `start` to before `end`. Throws `not-found` when the image is gone. */
  read(id: string, start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
  /** How far the image has come; undefined when there is none. `sizeBytes` once it is ready. */
  look(
    id: string,
  ): Promise<{ readonly state: 'pending' | 'ready' | 'failed'; readonly sizeBytes?: number } | undefined>;
  /** Ids of the images of that name. */
  named(name: string): Promise<readonly string[]>;
  /** Begins to copy a disk that is attached nowhere into a new image. Returns the image's id. */
  ofDisk(diskId: string, name: string, format: ImageFormat): Promise<string>;
  /** Begins to overwrite a disk that is attached nowhere with an image, which the backend converts. */
  intoDisk(id: string, diskId: string): Promise<void>;
  /** One that is gone counts as removed. */
  remove(id: string): Promise<void>;
}
