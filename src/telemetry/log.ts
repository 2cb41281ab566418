import winston from 'winston';
import { BatchingTransport, MESSAGE } from './batching.js';
import { jsonLine, textLine, type Fields } from './format.js';
import { standardOutput } from './sink.js';

export type Level = 'error' | 'warn' | 'info' | 'debug';

export interface LogSettings {
  readonly level: Level | 'silent';
  readonly format: 'text' | 'json';
  /** Most lines kept while the reader is slow. */
  readonly maxPending: number;
}

/** The gateway's log. Values whose names are those of secrets are hidden. */
export interface Log {
  /** Whether a line of the level would be written: check before building an expensive one. */
  enabled(level: Level): boolean;
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  /** Writes what is pending. */
  close(): Promise<void>;
}

const LEVELS: Record<Level, number> = { error: 0, warn: 1, info: 2, debug: 3 };

/** A log on the stream, standard output by default. */
export function createLog(settings: LogSettings, sink?: NodeJS.WritableStream): Log {
  const line = settings.format === 'json' ? jsonLine : textLine;
  let at = 0;
  let text = '';
  /** The time as text, made once for the lines of a millisecond: it was a sixth of a line. */
  function now(): string {
    const instant = Date.now();
    if (instant !== at) {
      at = instant;
      text = new Date(instant).toISOString();
    }
    return text;
  }
  const lines: BatchingTransport = new BatchingTransport(
    sink !== undefined && sink !== process.stdout ? sink : standardOutput((lost) => lines.lose(lost)),
    settings.maxPending,
    (count) => line(now(), 'warn', 'log lines dropped: the reader is slow', { count }),
  );
  const threshold = settings.level === 'silent' ? -1 : LEVELS[settings.level];

  const rendered = winston.format((info) => {
    info[MESSAGE] = line(now(), info.level, String(info.message), info['fields'] as Fields);
    return info;
  });
  const logger = winston.createLogger({
    levels: LEVELS,
    level: settings.level === 'silent' ? 'error' : settings.level,
    format: rendered(),
    transports: [lines],
  });

  const enabled = (level: Level): boolean => LEVELS[level] <= threshold;
  const writing =
    (level: Level) =>
    (message: string, fields: Fields = {}): void => {
      if (enabled(level)) logger.log({ level, message, fields });
    };
  return {
    enabled,
    error: writing('error'),
    warn: writing('warn'),
    info: writing('info'),
    debug: writing('debug'),
    close: () =>
      new Promise((resolve, reject) => {
        logger.close();
        lines.end((error?: Error | null) => (error ? reject(error) : resolve()));
      }),
  };
}
