import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { Fault } from '../../model/index.js';
import { idOf, nextSerial } from '../declare/exchange.js';
import { announcesBody } from '../http/body.js';
import { mediaType, preferred, type Format } from '../http/negotiation.js';
import { versionAt, type Served } from '../version/entry-points.js';
import type { Version } from '../version/version.js';
import { faultHeaders, faultText } from './faults.js';
import type { RequestRecord } from './settings.js';

/**
 * Refuses a request that is one too many (503), before anything of it is parsed that is not needed for that: the less a
 * refusal costs, the sooner the next one comes. Texts and headers are made once. `told` is called when it is answered.
 */
export function createRefusal(
  served: Served<Version>,
  told: (record: RequestRecord) => void,
): (request: Request, response: Response, client: string) => void {
  const fault = new Fault('overloaded', { retryAfter: 1 });
  const { status, code, detail } = fault;
  const headers = Object.entries(faultHeaders(fault, '')).flat();
  const texts = new Map<Version, Map<Format, Refusal>>();
  return (request, response, client) => {
    const began = performance.now();
    const at = Date.now();
    const serial = nextSerial();
    const { url: target, method } = request;
    const { accept, version, 'correlation-id': sentId, 'user-agent': userAgent } = request.headers;
    const correlationId = idOf(sentId) ?? randomUUID();
    const { body, known } = refusalIn(versionAt(served, target, version), preferred(accept));
    response.on('close', () => {
      const end = target.search(/[;?]/);
      told({
        serial,
        at,
        client,
        ...(userAgent !== undefined && { userAgent }),
        method,
        path: end < 0 ? target : target.slice(0, end),
        status,
        aborted: !response.writableFinished,
        correlationId,
        milliseconds: performance.now() - began,
        fault: { code, detail },
        ignored: [],
        backendCalls: 0,
        received: { target },
      });
    });
    // nothing reads the body: unless it is here, only closing the connection ends it
    const isClosing = announcesBody(request) && !request.complete;
    response.writeHead(status, [
      ...known,
      'Correlation-Id',
      correlationId,
      ...(isClosing ? ['Connection', 'close'] : []),
    ]);
    response.end(body);
  };

  function refusalIn(version: Version, format: Format): Refusal {
    const ofVersion = texts.get(version) ?? new Map<Format, Refusal>();
    texts.set(version, ofVersion);
    const made = ofVersion.get(format) ?? refusalOf(faultText(version, fault, format), format);
    ofVersion.set(format, made);
    return made;
  }

  function refusalOf(body: string, format: Format): Refusal {
    const length = String(Buffer.byteLength(body));
    return { body, known: ['Content-Type', mediaType[format], 'Content-Length', length, ...headers] };
  }
}

interface Refusal {
  /** A text, because Node sends that in one piece with the headers. */
  readonly body: string;
  /** Names and values. */
  readonly known: readonly string[];
}
