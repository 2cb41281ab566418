import { Fault, type Template } from '../../model/index.js';
import type { Scope } from '../context.js';

/** The work that makes a template's image. */
export const templateOf = (id: string): string => `template/${id}`;

/** Engines neither use nor remove a template that is being made. Throws `conflict.transition`. */
export function assertUnlocked({ status }: Template): void {
  if (status === 'locked')
    throw new Fault('conflict.transition', { text: "Template's Image is locked (temporarily)." });
}

/** Removes the image. The work that made it may not have seen that it was whole. */
export async function removeImage(scope: Scope, { id, status }: Template): Promise<void> {
  if (status === 'ok') scope.work.end(templateOf(id));
  await scope.session.inventory.removeTemplate(id);
}
