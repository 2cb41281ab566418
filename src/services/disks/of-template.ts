import { isDeepStrictEqual } from 'node:util';
import { Fault, type Disk, type DiskInput, type Ref } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cannot } from '../cannot.js';

/** What clients try with disks that they find by id. */
export type TemplateDiskRule = 'disk.edit.plugged' | 'disk.remove.plugged' | 'disk.move.plugged';

/**
 * Whether a document says nothing else of the disk than what it is, such as one that is sent back as it was read. What
 * a disk does not tell is shown as false or empty.
 */
export const isUnchanged = (disk: Disk, input: DiskInput): boolean =>
  Object.entries(input).every(([key, value]: [string, unknown]) => {
    const now: unknown = disk[key as keyof Disk];
    if (value === undefined || (now === undefined && (value === false || value === ''))) return true;
    return isDeepStrictEqual(value, now) || isSameRef(value, now);
  });

/** References are the same by their id; the name is for people. */
const isSameRef = (one: unknown, other: unknown): boolean =>
  (one as Ref | undefined)?.id !== undefined && (one as Ref).id === (other as Ref | undefined)?.id;

/**
 * The refusal to change a disk of a template, which is a part of an image. For a removal it is the engine's, for which
 * it is the only copy, too (docs/reference/engine-preconditions.md, RemoveDisk, row 7).
 */
export const ofTemplate = (scope: Scope, rule: TemplateDiskRule): Fault =>
  new Fault('conflict', {
    text:
      `${cannot(scope, rule)}. ` +
      (rule === 'disk.remove.plugged'
        ? 'The image is the only remaining copy of a Template disk.'
        : `It is the disk of a template, which ${scope.backend} keeps in an image.`),
  });
