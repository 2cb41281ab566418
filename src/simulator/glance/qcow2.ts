import { refuse } from '../refusal.js';

/**
 * Images of format qcow2, as far as clients make them: version 2 or 3, without backing file and encryption
 * (https://gitlab.com/qemu-project/qemu, docs/interop/qcow2). Every number is big-endian.
 */

const MAGIC = 0x514649fb;
const CLUSTER_BITS = 16;
const CLUSTER = 1 << CLUSTER_BITS;
const OFFSET = 0x00ff_ffff_ffff_fe00n;
const COPIED = 1n << 63n;
const COMPRESSED = 1n << 62n;
const ALL_ZERO = 1n;

/** The largest disk that is converted, bytes. */
const MOST = 1024 ** 3;

export interface Disk {
  /** What the disk holds up to its last byte that is not zero. */
  readonly bytes: Buffer;
  /** Its size, bytes. */
  readonly size: number;
}

/** The disk in an image. Throws Cinder's refusal of one that it cannot convert. */
export function decode(image: Buffer): Disk {
  const wrong = (why: string): Error => refuse.bad(`Image is unacceptable: qcow2: ${why}.`);
  if (image.length < 72 || image.readUInt32BE(0) !== MAGIC) throw wrong('it does not begin with its magic');
  if (image.readBigUInt64BE(8) !== 0n) throw wrong('it has a backing file');
  if (image.readUInt32BE(32) !== 0) throw wrong('it is encrypted');
  const bits = image.readUInt32BE(20);
  const size = Number(image.readBigUInt64BE(24));
  if (bits < 9 || bits > 21 || size > MOST) throw wrong('it is larger than a test needs');
  const cluster = 2 ** bits;
  const entry = (table: number, index: number): bigint => image.readBigUInt64BE(table + 8 * index);
  const l1 = Number(image.readBigUInt64BE(40));
  const bytes = Buffer.alloc(size);
  let end = 0;
  for (let at = 0; at < size; at += cluster) {
    const index = at / cluster;
    const l2 = Number(entry(l1, Math.floor(index / (cluster / 8))) & OFFSET);
    const found = l2 === 0 ? 0n : entry(l2, index % (cluster / 8));
    if (found & COMPRESSED) throw wrong('it is compressed');
    const from = Number(found & OFFSET);
    if (from === 0 || found & ALL_ZERO) continue;
    end = Math.min(size, at + image.copy(bytes, at, from, Math.min(from + cluster, from + size - at)));
  }
  return { bytes: bytes.subarray(0, end), size };
}

/** An image of a disk: version 3, clusters of 64 KiB, those alone that hold something. */
export function encode({ bytes, size }: Disk): Buffer {
  const perTable = CLUSTER / 8;
  const clusters = Math.ceil(size / CLUSTER);
  const l1Entries = Math.ceil(clusters / perTable);
  const held = [...Array(Math.ceil(bytes.length / CLUSTER)).keys()].filter((index) =>
    bytes.subarray(index * CLUSTER, (index + 1) * CLUSTER).some((byte) => byte !== 0),
  );
  const tables = [...new Set(held.map((index) => Math.floor(index / perTable)))];
  // header, table of counts, counts, L1, then the L2 tables and the clusters
  const first = 4;
  const total = first + tables.length + held.length;
  const image = Buffer.alloc(total * CLUSTER);
  const long = (at: number, value: bigint): number => image.writeBigUInt64BE(value, at);
  image.writeUInt32BE(MAGIC, 0);
  image.writeUInt32BE(3, 4);
  image.writeUInt32BE(CLUSTER_BITS, 20);
  long(24, BigInt(size));
  image.writeUInt32BE(l1Entries, 36);
  long(40, BigInt(3 * CLUSTER));
  long(48, BigInt(CLUSTER));
  image.writeUInt32BE(1, 56);
  image.writeUInt32BE(4, 96); // counts of 2 ** 4 bits
  image.writeUInt32BE(104, 100);
  long(CLUSTER, BigInt(2 * CLUSTER));
  for (let index = 0; index < total; index += 1) image.writeUInt16BE(1, 2 * CLUSTER + 2 * index);
  tables.forEach((table, place) => long(3 * CLUSTER + 8 * table, BigInt((first + place) * CLUSTER) | COPIED));
  held.forEach((index, place) => {
    const table = first + tables.indexOf(Math.floor(index / perTable));
    const at = (first + tables.length + place) * CLUSTER;
    long(table * CLUSTER + 8 * (index % perTable), BigInt(at) | COPIED);
    bytes.copy(image, at, index * CLUSTER, (index + 1) * CLUSTER);
  });
  return image;
}
