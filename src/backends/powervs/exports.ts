import { MIB } from '../../units.js';

/**
 * Exported VMs, in the names of images: Power Virtual Server keeps nothing else with an image, and its name is given
 * once, with the capture. `web01.ovirt-export.<id of the VM>.<MiB>-<sockets>-<cores>-<threads>.<number>` is an export of
 * web01; the number keeps two of a VM apart, while one replaces the other. Clients see `web01`.
 */
const MARK = /^(.+)\.ovirt-export\.([0-9a-f-]{36})\.(\d+)-(\d+)-(\d+)-(\d+)\.\d+$/;

/** The name of an image as clients see it, and the VM that it is an export of (the note `Exported`). */
export function exportIn(name: string): { readonly name: string; readonly exported?: string } {
  const [, plain, vm, ...size] = MARK.exec(name) ?? [];
  if (plain === undefined) return { name };
  const [mib = 0, sockets, cores, threads] = size.map(Number);
  return { name: plain, exported: JSON.stringify({ vm, memoryBytes: mib * MIB, sockets, cores, threads }) };
}

/** The name of a new image: of an export of that note, the first that is free. */
export function nameFor(name: string, exported: string | undefined, taken: readonly string[]): string {
  if (!exported) return name;
  const told = JSON.parse(exported) as Readonly<Record<string, string | number | undefined>>;
  const count = (key: string): number => Number(told[key] ?? 1);
  const size = [Math.round(count('memoryBytes') / MIB), count('sockets'), count('cores'), count('threads')];
  const stem = `${name}.ovirt-export.${String(told['vm'])}.${size.join('-')}`;
  let number = 1;
  while (taken.includes(`${stem}.${number}`)) number += 1;
  return `${stem}.${number}`;
}
