import { expect, it } from 'vitest';
import { Work } from './work.js';

const gate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

function work(): { work: Work; warnings: string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    work: new Work({
      info: () => undefined,
      warn: (message, fields) => {
        warnings.push(`${message} ${JSON.stringify(fields)}`);
      },
      error: () => undefined,
    }),
  };
}

it('runs what is asked for after what is under way for the same resource', async () => {
  const { work: register } = work();
  const { open, opened } = gate();
  const order: string[] = [];
  const first = register.run('disk/1', async () => {
    await opened;
    order.push('first');
  });
  const second = register.run('disk/1', async () => {
    order.push('second');
  });
  const other = register.run('disk/2', async () => {
    order.push('other');
  });
  await other;
  open();
  await Promise.all([first, second]);
  expect(order).toEqual(['other', 'first', 'second']);
  expect(register.has('disk/1')).toBe(false);
});

it('runs the next one though the one before failed, and logs the failure', async () => {
  const { work: register, warnings } = work();
  const failing = register.run('vm/1', async () => {
    throw new Error('no space');
  });
  const next = register.run('vm/1', async () => 'done');
  await expect(failing).rejects.toThrow('no space');
  expect(await next).toBe('done');
  expect(warnings).toEqual(['work failed {"resource":"vm/1","error":"no space"}']);
});

it('is settled when nothing is under way, work that began meanwhile included', async () => {
  const { work: register } = work();
  const { open, opened } = gate();
  let late = false;
  register.start('a', async () => {
    await opened;
    register.start('b', async () => {
      await Promise.resolve();
      late = true;
    });
  });
  const settled = register.settled();
  open();
  await settled;
  expect(late).toBe(true);
});
