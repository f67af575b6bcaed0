/** Numbers and states in words. No state, no document. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** Milliseconds as a person says them. */
export function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  }
  return `${Math.floor(hours / 24)} days`;
}

export function number(value, digits = 4) {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

export function percent(share, digits = 1) {
  return `${(100 * share).toFixed(digits)} %`;
}

export function count(value, noun) {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}

export function clock(millis) {
  return new Date(millis).toLocaleString(undefined,
    { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** The letters of a round's line, as the server sends them. */
export const VERDICTS = {
  c: { name: 'CALLED', word: 'called', kind: 'wait', glyph: '' },
  t: { name: 'TRAINING', word: 'training', kind: 'wait', glyph: '' },
  s: { name: 'SENDING', word: 'sending', kind: 'wait', glyph: '' },
  a: { name: 'ACCEPTED', word: 'accepted', kind: 'in', glyph: '' },
  k: { name: 'COUNTED', word: 'counted', kind: 'in', glyph: '' },
  r: { name: 'REJECTED', word: 'rejected', kind: 'bad', glyph: '×' },
  f: { name: 'FAILED', word: 'failed', kind: 'bad', glyph: '!' },
  l: { name: 'LATE', word: 'late', kind: 'warn', glyph: 'L' },
  e: { name: 'LEFT', word: 'left', kind: 'gone', glyph: '–' },
  m: { name: 'MISSING', word: 'missing', kind: 'gone', glyph: '–' },
};

const BY_NAME = Object.fromEntries(Object.values(VERDICTS).map(verdict => [verdict.name, verdict]));

export function verdict(name) {
  return BY_NAME[name] ?? { name, word: name.toLowerCase(), kind: 'wait', glyph: '' };
}

const PHASES = {
  SUBMITTED: 'submitted', REFUSED: 'refused', COMPRESSING: 'cutting the model', BETWEEN_ROUNDS: 'between rounds',
  ROUND_OPEN: 'round open', FOLDING: 'folding', ALIGNING: 'aligning', EVALUATING: 'scoring', EXPORTING: 'exporting',
  SCORING: 'clients score', ENDED: 'ended',
};

/** A run's state as one word or two, and how it is to be taken. */
export function state(run) {
  if (run.phase === 'ENDED') {
    const failed = run.outcome === 'FAILED';
    return { word: run.outcome.toLowerCase(), kind: failed ? 'bad' : run.outcome === 'COMPLETED' ? 'in' : 'gone' };
  }
  return { word: PHASES[run.phase] ?? run.phase.toLowerCase(), kind: run.phase === 'REFUSED' ? 'bad' : 'live' };
}
