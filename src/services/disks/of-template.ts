import { Fault } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cannot } from '../cannot.js';

/** What clients try with disks that they find by id. */
export type TemplateDiskRule = 'disk.edit.plugged' | 'disk.remove.plugged' | 'disk.move.plugged';

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
