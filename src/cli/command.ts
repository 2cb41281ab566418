import type { Command } from 'commander';
import type { Io } from './io.js';
import type { Given } from './options.js';

/** Adds a command to the program. */
export type Add = (name: string, description: string, isDefault?: boolean) => Command;

/** What a command does; resolves to the exit code. */
export type Act = (given: Given, io: Io) => Promise<number>;

/** Makes a command's action of one that is loaded when it is called. */
export type Run = (load: () => Promise<Act>) => (given: Given) => Promise<void>;

/** Called with the exit code of a command. */
export type Finish = (exitCode: number) => void;
