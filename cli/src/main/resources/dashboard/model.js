/**
 * What the server has told. It sends parts, each again when it has changed, and lines of what grows with the rounds;
 * after a break it sends everything anew.
 */
export class Model {
  constructor() {
    this.parts = {};
    this.rounds = new Map();
    this.alignments = new Map();
    this.evaluations = [];
    this.skew = 0;
    this.listeners = [];
    this.links = [];
    this.run = null;
  }

  /** @param listener called with the set of names that have changed */
  onChange(listener) {
    this.listeners.push(listener);
  }

  /** @param listener called with true when the server answers, with false when it does not */
  onLink(listener) {
    this.links.push(listener);
  }

  /** The server's time now. */
  now() {
    return Date.now() + this.skew;
  }

  /** Looks at a run; null for none. */
  follow(run) {
    this.source?.close();
    this.run = run;
    this.forgetRun();
    this.source = new EventSource(`api/events?run=${encodeURIComponent(run ?? '')}`);
    this.source.onopen = () => this.links.forEach(listener => listener(true));
    this.source.onerror = () => this.links.forEach(listener => listener(false));
    this.source.onmessage = message => this.take(JSON.parse(message.data));
  }

  forgetRun() {
    for (const part of ['head', 'spec', 'findings', 'traffic', 'exposure', 'current', 'tasks', 'scoring', 'names']) {
      delete this.parts[part];
    }
    this.rounds.clear();
    this.alignments.clear();
    this.evaluations = [];
  }

  take(patch) {
    const { now, rounds, alignments, evaluations, ...parts } = patch;
    this.skew = now - Date.now();
    const changed = new Set(Object.keys(parts));
    if (parts.names) {
      this.rounds.clear();
      this.alignments.clear();
      this.evaluations = [];
    }
    Object.assign(this.parts, parts);
    for (const line of rounds ?? []) {
      this.rounds.set(line[0], readRound(line));
      changed.add('rounds');
    }
    for (const line of alignments ?? []) {
      this.alignments.set(line[0], readAlignment(line));
      changed.add('alignments');
    }
    for (const line of evaluations ?? []) {
      this.evaluations.push(readEvaluation(line));
      changed.add('evaluations');
    }
    this.listeners.forEach(listener => listener(changed));
  }

  /** The round that is open or was the last to be. */
  newestRound() {
    return Math.max(0, ...this.rounds.keys());
  }
}

function readRound([number, opened, closed, published, reason, attempts, quorum, loss, up, down, wholeUp, wholeDown,
  verdicts]) {
  return { number, opened, closed, published, reason, attempts, quorum, loss, up, down, wholeUp, wholeDown, verdicts };
}

function readAlignment([version, round, l2Before, klBefore, lossBefore, l2After, klAfter, lossAfter]) {
  return { version, round, l2Before, klBefore, lossBefore, l2After, klAfter, lossAfter };
}

function readEvaluation([round, adapter, emulator, rawFull, rawFullMatch, rawCompressed, rawCompressedMatch, adapEmu,
  adapEmuMatch, adapFu, adapFuMatch]) {
  return { round, adapter, emulator, rawFull, rawFullMatch, rawCompressed, rawCompressedMatch, adapEmu, adapEmuMatch,
    adapFu, adapFuMatch };
}
