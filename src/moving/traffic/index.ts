export { IdMap } from './ids.js';
export { startProxy, type Heard, type Proxy, type ProxyOptions } from './proxy.js';
export { replayHtml } from './page.js';
export { openRecording, readRecording, RecordingError, type Recording } from './recording.js';
export { createReplayer, type Replayed, type StandingOf } from './replay.js';
export { ReplayTally, replayText, type ReplayReport } from './report.js';
export { Scrubber } from './scrub.js';
export { createShadow, type Shadow } from './shadow.js';
