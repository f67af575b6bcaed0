import { Chart } from './charts.js';
import { Grid } from './grid.js';
import { Model } from './model.js';
import { ago, badge, element, fill } from './tables.js';
import { VERDICTS, bytes, clock, count, duration, number, percent, state, verdict } from './words.js';

const CHART_MILLIS = 1000;
/** So long one task draws; what is left comes in the next, so that the page answers in between. */
const SLICE_MILLIS = 12;
const NEWS_MILLIS = 5000;
const LOST_ROWS = 100;
const ROUND_ROWS = 100;

const model = new Model();
const at = id => document.getElementById(id);
const grid = new Grid(at('grid'), show);

/** The round that is looked at; null to go with the newest. */
let picked = null;
/** A round that is over, as the server told it; the open one comes by itself. */
let detail = null;
/** The round whose clients are on the page, 0 before the first. */
let drawn = 0;
const dirty = new Set();
const pending = new Set();
let drawing = false;
let chartsDue = 0;
let newsDue = 0;
let saidHeadline = '';
const saidFindings = new Set();

const charts = {
  training: new Chart(at('training'), { title: 'Training loss, mean over the counted updates', axis: 'round',
    format: value => value.toFixed(3), series: [{ title: 'training loss', colour: '--accent' }] }),
  alignment: new Chart(at('alignment'), { title: 'Emulator against the full model, on held-out public text',
    axis: 'emulator version', format: value => value.toPrecision(3), series: [
      { title: 'L2 after alignment', colour: '--accent' },
      { title: 'L2 before', colour: '--accent', dash: [4, 4], width: 1 },
      { title: 'KL after alignment', colour: '--ink' },
      { title: 'KL before', colour: '--ink', dash: [4, 4], width: 1 }] }),
  evaluation: new Chart(at('evaluation'), { title: 'NLL per reply token, lower is better', axis: 'after round',
    format: value => value.toFixed(3), series: [
      { title: 'AdapFu: full model with the adapter', colour: '--accent', width: 3 },
      { title: 'AdapEmu: emulator with the adapter', colour: '--accent', dash: [6, 4] },
      { title: 'raw full model', colour: '--ink' },
      { title: 'raw compressed model', colour: '--ink', dash: [6, 4] }] }),
  traffic: new Chart(at('traffic'), { title: 'Bytes of all clients in each round', axis: 'round', format: bytes,
    log: true, series: [
      { title: 'up', colour: '--accent', width: 3 },
      { title: 'down', colour: '--accent', dash: [6, 4] },
      { title: 'up, had whole layers been sent', colour: '--ink' },
      { title: 'down, had whole layers been sent', colour: '--ink', dash: [6, 4] }] }),
};

/* What is drawn when which part has changed. */
const drawers = [
  [['runs'], runs],
  [['head', 'spec'], lead],
  [['findings', 'attention', 'head'], attention],
  [['current', 'rounds', 'head', 'pick'], round],
  [['rounds', 'names', 'spec', 'pick', 'current'], field],
  [['rounds', 'names'], roundTables],
  [['scoring', 'evaluations'], scores],
  [['traffic', 'rounds'], trafficFacts],
  [['exposure', 'spec', 'head'], exposure],
  [['tasks'], tasks],
  [['workers'], workers],
  [['clients', 'findings', 'attention', 'current'], clients],
  [['cluster'], lag],
  [['deadLetters'], letters],
];

function draw() {
  drawing = false;
  const changed = new Set(dirty);
  dirty.clear();
  choose();
  for (const [parts, drawer] of drawers) {
    if (parts.some(part => changed.has(part))) {
      pending.add(drawer);
    }
  }
  if (['rounds', 'alignments', 'evaluations', 'names'].some(part => changed.has(part)) && !chartsDue) {
    chartsDue = setTimeout(drawCharts, performance.now() < 3000 ? 0 : CHART_MILLIS);
  }
  drawSome();
}

function drawSome() {
  const until = performance.now() + SLICE_MILLIS;
  for (const drawer of pending) {
    pending.delete(drawer);
    drawer();
    if (performance.now() > until && pending.size) {
      setTimeout(drawSome, 0);
      return;
    }
  }
  tick();
  news();
}

function touch(parts) {
  parts.forEach(part => dirty.add(part));
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(draw);
  }
}

/* Which run. */

function wantedRun() {
  const named = new URLSearchParams(location.hash.slice(1)).get('run');
  if (named) {
    return named;
  }
  const all = model.parts.runs ?? [];
  const going = all.filter(run => !run.over);
  return (going.at(-1) ?? all.at(-1))?.id ?? null;
}

function choose() {
  if (model.run === null && wantedRun() !== null) {
    follow(wantedRun());
  }
  const none = !model.parts.head;
  at('view').hidden = none;
  at('no-run').hidden = !none;
  if (none) {
    at('no-run').textContent = model.parts.runs?.some(run => run.id === model.run) || !model.parts.runs
      ? 'Reading the log …'
      : model.run ? `There is no run ${model.run} in this cluster.` : 'No run has been submitted yet. This page shows it '
        + 'as soon as one is.';
  }
}

function follow(run) {
  picked = null;
  detail = null;
  drawn = 0;
  saidFindings.clear();
  saidHeadline = '';
  // What was about to be drawn is of the run that was looked at before.
  dirty.clear();
  pending.clear();
  grid.atEnd = true;
  model.follow(run);
}

window.addEventListener('hashchange', () => {
  follow(wantedRun());
  at('run').focus();
});

// The address names the run that is looked at, so it is left as it is.
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  at('run').focus();
});

function runs() {
  const all = model.parts.runs;
  at('runs-count').textContent = all.length;
  at('runs').replaceChildren(...[...all].reverse().map(run => {
    const link = element('a', { href: `#run=${encodeURIComponent(run.id)}` }, run.id);
    if (run.id === model.run) {
      link.setAttribute('aria-current', 'page');
    }
    const now = state(run);
    const item = element('li', {}, link, element('span', { className: 'run-state' },
      badge(now.word, now.kind), ` ${run.done} of ${run.rounds}`));
    if (run.findings && !run.over) {
      item.append(' ', badge(count(run.findings, 'finding'), 'bad'));
    }
    return item;
  }));
}

/* The run at the top. */

function lead() {
  const { head, spec } = model.parts;
  const now = state(head);
  at('title').textContent = head.id;
  document.title = `${now.word} · ${head.id} · fedbiot`;
  at('state').textContent = now.word;
  at('state').className = `badge ${now.kind}`;
  at('headline').textContent = head.headline.text;
  const time = at('headline-time');
  delete time.dataset.since;
  delete time.dataset.until;
  time.textContent = '';
  if (head.headline.until) {
    time.dataset.until = head.headline.until;
  } else if (!head.over) {
    time.dataset.since = head.headline.since;
    time.dataset.format = 'for';
  }
  time.classList.add('ticks');
  if (spec) {
    at('rounds-progress').max = spec.rounds;
    at('rounds-progress').value = head.done;
    at('rounds-done').textContent = `${head.done} of ${count(spec.rounds, 'round')}`
      + (head.over && head.ended ? ` in ${duration(head.ended - head.accepted)}` : '');
    at('model').textContent = `${spec.model} · ${count(spec.clients.length, 'client')} · LoRA rank ${spec.rank} on `
      + spec.targets.join(', ');
  }
}

function attention() {
  const findings = [...(model.parts.findings ?? []),
    ...(model.parts.attention ?? []).filter(finding => finding.run !== model.run)];
  at('attention-none').hidden = findings.length > 0;
  at('attention-section').className = findings.length ? 'alert' : '';
  at('attention').replaceChildren(...findings.map(finding => {
    const item = element('li', { className: finding.severity === 'PROBLEM' ? 'bad' : 'warn' },
      badge(kindWord(finding.kind), finding.severity === 'PROBLEM' ? 'bad' : 'warn'), ' ',
      element('span', {}, finding.run && finding.run !== model.run ? `${finding.run}: ` : '', finding.text, ' '));
    if (finding.kind === 'STUCK_CLIENT') {
      item.append(ago(finding.since, 'silent'));
    }
    if (finding.round && finding.run === model.run) {
      const jump = element('button', { type: 'button', className: 'quiet' }, `Show round ${finding.round}`);
      jump.addEventListener('click', () => {
        show(finding.round);
        at('round-section').scrollIntoView({ block: 'start' });
      });
      item.append(' ', jump);
    }
    return item;
  }));
}

function kindWord(kind) {
  return kind.toLowerCase().replaceAll('_', ' ');
}

/* One round. */

function show(wanted) {
  const newest = model.newestRound();
  picked = wanted >= newest ? null : Math.max(1, wanted);
  touch(['pick']);
}

function shownRound() {
  return picked ?? model.newestRound();
}

async function fetchRound(shown) {
  const key = `${model.run}/${shown}/${JSON.stringify(model.rounds.get(shown))}`;
  if (detail?.key === key) {
    return;
  }
  const asked = { key, round: null };
  detail = asked;
  try {
    const answer = await fetch(`api/runs/${encodeURIComponent(model.run)}/rounds/${shown}`);
    asked.round = answer.ok ? await answer.json() : null;
  } catch {
    // The line at the top says that the server is lost.
  }
  if (detail !== asked) {
    return;
  }
  if (asked.round) {
    touch(['current']);
  } else {
    // Asked for again with the next change; until then the field names what is there.
    detail = null;
    at('round-number').value = drawn || shown;
  }
}

function round() {
  const shown = shownRound();
  at('round-section').hidden = shown === 0;
  if (shown === 0) {
    return;
  }
  const { current, head } = model.parts;
  const live = current?.round === shown && !head?.over;
  if (!live) {
    fetchRound(shown);
  }
  const data = live ? current : detail?.round;
  const isThere = data?.round === shown;
  if (isThere) {
    drawn = shown;
  }
  const input = at('round-number');
  input.max = model.newestRound();
  if (document.activeElement !== input) {
    input.value = drawn || shown;
  }
  at('round-back').disabled = shown <= 1;
  at('round-forth').disabled = shown >= model.newestRound();
  at('round-now').disabled = picked === null;
  if (isThere) {
    at('round-title').textContent = `Round ${shown}`;
    roundFacts(data);
    fill(at('round-table'), ROUND_COLUMNS, data.clients.map(client => ({ ...client, open: data.open,
      kind: client.stuck ? 'stuck' : verdict(client.verdict).kind })), client => client.id);
  }
}

function roundFacts(data) {
  const facts = [];
  const time = element('span', { className: 'ticks' });
  if (data.open) {
    facts.push(`${data.accepted} in, needs ${data.quorum}`,
      data.margin >= 0 ? `${data.margin} to spare` : 'the quorum is out of reach');
    time.dataset.until = data.deadline;
  } else {
    facts.push(data.closed ? `closed with ${count(data.accepted, 'update')} (${data.reason === 'ALL_IN'
      ? 'all in' : data.reason.toLowerCase()}), needed ${data.quorum}` : 'the run ended while it was open');
    if (data.closed) {
      facts.push(`open for ${duration(data.closed - data.opened)}`);
    }
  }
  if (data.attempt > 1) {
    facts.push(`attempt ${data.attempt}`);
  }
  if (data.extensions) {
    facts.push(`deadline put off ${count(data.extensions, 'time')}`);
  }
  facts.push(`adapter ${data.adapterVersion}, emulator ${data.emulatorVersion}`);
  if (data.loss !== null) {
    facts.push(`training loss ${number(data.loss)}`);
  }
  if (data.adapterSha256) {
    facts.push(`made adapter ${data.adapterSha256.slice(0, 12)}`);
  }
  at('round-facts').replaceChildren(facts.join(' · '), time);
}

const ROUND_COLUMNS = [
  { title: 'Client', cell: client => client.id, text: true },
  { title: 'State', cell: client => badge(client.stuck ? 'stuck' : verdict(client.verdict).word,
    client.stuck ? 'warn' : verdict(client.verdict).kind) },
  { title: 'Progress', cell: client => progress(client), text: true },
  { title: 'Loss', numeric: true, cell: client => number(client.loss ?? client.stepLoss) },
  { title: 'Last sign', numeric: true, cell: client => client.open ? ago(client.lastSign) : clock(client.lastSign) },
  { title: 'Samples', numeric: true, wide: true, cell: client => client.samples },
  { title: 'Norm', numeric: true, wide: true, cell: client => number(client.norm, 3) },
  { title: 'Up', numeric: true, wide: true, cell: client => client.up === undefined ? null : bytes(client.up) },
  { title: 'Down', numeric: true, wide: true, cell: client => client.down === undefined ? null : bytes(client.down) },
];

function progress(client) {
  if (client.reason) {
    return client.reason;
  }
  const refused = client.refusals ? ` (${count(client.refusals, 'record')} refused: ${client.refusal})` : '';
  if (client.shards) {
    return `${client.shardsSent} of ${client.shards} shards sent${refused}`;
  }
  return client.steps ? `step ${client.step} of ${client.steps}${refused}` : `nothing yet${refused}`;
}

at('round-back').addEventListener('click', () => show(shownRound() - 1));
at('round-forth').addEventListener('click', () => show(shownRound() + 1));
at('round-now').addEventListener('click', () => show(Infinity));
at('round-number').addEventListener('change', event => show(Number(event.target.value) || 1));

/* All rounds. */

function sortedRounds() {
  return [...model.rounds.values()].sort((one, other) => one.number - other.number);
}

function field() {
  const names = model.parts.names ?? [];
  const rounds = sortedRounds();
  const tally = {};
  for (const line of rounds) {
    for (const letter of line.verdicts) {
      const word = VERDICTS[letter]?.word;
      if (word) {
        tally[word] = (tally[word] ?? 0) + 1;
      }
    }
  }
  const words = Object.entries(tally).map(([word, times]) => `${times} ${word}`).join(', ');
  const planned = model.parts.spec?.rounds ?? rounds.length;
  const summary = rounds.length === 0 ? 'No round has been opened yet.'
    : `${count(rounds.length, 'round')} of ${planned}, ${count(names.length, 'client')}: ${words}.`;
  at('rounds-summary').textContent = summary;
  const stuck = new Set((model.parts.current?.clients ?? []).filter(client => client.stuck)
    .map(client => client.id));
  grid.draw(names, rounds, planned, shownRound(), stuck, `Rounds across, clients down. ${summary}`);
}

function roundTables() {
  if (at('lost-fold').open) {
    const names = model.parts.names ?? [];
    const lost = [];
    for (const line of sortedRounds().reverse()) {
      for (let index = 0; index < names.length && lost.length < LOST_ROWS; index++) {
        const found = VERDICTS[line.verdicts[index]];
        if (found && found.kind !== 'in' && found.kind !== 'wait') {
          lost.push({ round: line.number, name: names[index], found, kind: found.kind });
        }
      }
    }
    fill(at('lost-table'), [
      { title: 'Client', cell: row => row.name, text: true },
      { title: 'Round', numeric: true, cell: row => jump(row.round) },
      { title: 'What became of it', cell: row => badge(row.found.word, row.found.kind) },
    ], lost, row => `${row.round}/${row.name}`, 'Every update counts so far.');
  }
  if (at('rounds-fold').open) {
    fill(at('rounds-table'), [
      { title: 'Round', numeric: true, cell: line => jump(line.number) },
      { title: 'State', cell: line => line.published ? 'done' : line.closed ? 'folding' : line.reason === 'ABANDONED'
        ? 'abandoned' : 'open' },
      { title: 'In', numeric: true, cell: line => `${[...line.verdicts].filter(letter => 'ak'.includes(letter)).length}`
        + ` of ${[...line.verdicts].filter(letter => letter !== '.').length}` },
      { title: 'Training loss', numeric: true, cell: line => number(line.loss) },
      { title: 'Took', numeric: true, cell: line => line.published ? duration(line.published - line.opened) : null },
      { title: 'Up', numeric: true, wide: true, cell: line => bytes(line.up) },
      { title: 'Down', numeric: true, wide: true, cell: line => bytes(line.down) },
    ], sortedRounds().reverse().slice(0, ROUND_ROWS), line => line.number);
  }
}

function jump(wanted) {
  const button = element('button', { type: 'button', className: 'quiet' }, String(wanted));
  button.setAttribute('aria-label', `Show round ${wanted}`);
  button.addEventListener('click', () => show(wanted));
  return button;
}

at('lost-fold').addEventListener('toggle', roundTables);
at('rounds-fold').addEventListener('toggle', roundTables);

/* Charts, one in a task, so that none holds the page up. */

function drawCharts() {
  chartsDue = 0;
  const rounds = sortedRounds();
  const steps = [
    () => {
      const told = rounds.filter(line => line.loss !== null);
      const last = told.at(-1);
      charts.training.show([told.map(line => line.number), told.map(line => line.loss)], last
        ? `Round ${told[0].number}: ${number(told[0].loss)}; round ${last.number}: ${number(last.loss)}.`
        : 'No round has been closed yet.');
    },
    () => {
      const told = [...model.alignments.values()].sort((one, other) => one.version - other.version);
      const last = told.at(-1);
      charts.alignment.show([told.map(line => line.version), told.map(line => line.l2After),
        told.map(line => line.l2Before), told.map(line => line.klAfter), told.map(line => line.klBefore)], last
        ? `Emulator ${last.version}: L2 ${number(last.l2Before)} to ${number(last.l2After)}, KL `
          + `${number(last.klBefore)} to ${number(last.klAfter)}.` : 'No emulator version has been published yet.');
    },
    () => {
      const told = model.evaluations;
      const last = told.at(-1);
      charts.evaluation.show([told.map(line => line.round), told.map(line => line.adapFu),
        told.map(line => line.adapEmu), told.map(line => line.rawFull), told.map(line => line.rawCompressed)], last
        ? `After round ${last.round}: AdapFu ${number(last.adapFu)}, AdapEmu ${number(last.adapEmu)}, raw full `
          + `${number(last.rawFull)}, raw compressed ${number(last.rawCompressed)}.`
        : 'The models have not been scored yet.');
    },
    () => {
      const told = rounds.filter(line => line.up > 0);
      const whole = value => value > 0 ? value : null;
      charts.traffic.show([told.map(line => line.number), told.map(line => whole(line.up)),
        told.map(line => whole(line.down)), told.map(line => whole(line.wholeUp)),
        told.map(line => whole(line.wholeDown))], told.length ? `Newest, round ${told.at(-1).number}: `
          + `${bytes(told.at(-1).up)} up, ${bytes(told.at(-1).down)} down.` : 'No client has reported yet.');
    },
  ];
  const next = () => {
    steps.shift()();
    if (steps.length) {
      setTimeout(next, 0);
    }
  };
  next();
}

const MODELS = [['rawFull', 'raw full model'], ['rawCompressed', 'raw compressed model'],
  ['adapEmu', 'AdapEmu: adapter on the emulator'], ['adapFu', 'AdapFu: adapter in the full model']];

function scores() {
  const last = model.evaluations.at(-1);
  at('models-facts').textContent = last ? `After round ${last.round}, with adapter ${last.adapter} and emulator `
    + `${last.emulator}.` : 'The server scores the four models at the end of a run, and in between where the run says so.';
  fill(at('scores-table'), [
    { title: 'Model', cell: row => row[1], text: true },
    { title: 'NLL', numeric: true, cell: row => number(last[row[0]]) },
    { title: 'Perplexity', numeric: true, cell: row => last[row[0]] === null ? null
      : number(Math.exp(last[row[0]]), 3) },
    { title: 'Exact match', numeric: true, cell: row => last[`${row[0]}Match`] === null ? null
      : percent(last[`${row[0]}Match`]) },
  ], last ? MODELS : [], row => row[0], 'Not scored yet.');
  const own = model.parts.scoring;
  at('own-scores').hidden = !own;
  if (own) {
    fill(at('own-table'), [
      { title: 'Client', cell: row => row.id, text: true },
      { title: 'AdapEmu NLL', numeric: true, cell: row => row.reason ?? number(row.adapEmu) },
      { title: 'raw compressed NLL', numeric: true, cell: row => number(row.rawCompressed) },
      { title: 'Records', numeric: true, cell: row => row.records },
    ], [...own.scores, ...own.failures], row => row.id, 'Waiting for the clients.');
  }
}

function trafficFacts() {
  const traffic = model.parts.traffic;
  if (!traffic) {
    return;
  }
  const saved = (sent, whole) => whole > 0 ? ` instead of ${bytes(whole)} (${percent(1 - sent / whole, 2)} less)` : '';
  at('traffic-facts').textContent = traffic.up + traffic.down === 0 ? 'No client has reported its bytes yet.'
    : `LoRA factors instead of whole layers: up ${bytes(traffic.up)}${saved(traffic.up, traffic.wholeUp)}, down `
      + `${bytes(traffic.down)}${saved(traffic.down, traffic.wholeDown)}. Before that, once, `
      + `${bytes(traffic.bootstrap)} for the compressed model of all clients.`;
}

/* What clients hold. */

function exposure() {
  const { exposure: held, spec, head } = model.parts;
  if (!spec || !held) {
    return;
  }
  at('exposure-facts').textContent = held.layers.length === 0 ? 'The run has not been accepted.'
    : `Clients hold ${percent(held.share)} of the model’s parameters, over all runs on it: ${held.layers.length} of `
      + `${spec.layers} layers. ${spec.layers - held.layers.length} never leave the server.`;
  const adapter = new Set(spec.adapterLayers);
  const kept = new Set(spec.keptLayers);
  const seen = new Set(held.layers);
  const kind = layer => adapter.has(layer) ? 'adapter' : kept.has(layer) ? 'emulator' : seen.has(layer) ? 'earlier'
    : 'home';
  at('layers').replaceChildren(...Array.from({ length: spec.layers }, (unused, layer) =>
    element('span', { className: kind(layer), title: `layer ${layer}: ${kind(layer)}` })));
  at('layers').setAttribute('aria-label', `Layers ${spec.adapterLayers.join(', ')} are the adapter, layers `
    + `${spec.keptLayers.join(', ')} the emulator.`);
  at('layers-legend').replaceChildren(...[['adapter', 'adapter: clients train it'], ['emulator', 'emulator: clients '
    + 'hold it'], ['home', 'stays home']].map(([name, text]) => element('li', {}, element('span',
    { className: `layer ${name}` }), text)));
  const facts = [['rule', spec.rule.toLowerCase().replaceAll('_', ' ')], ['steps a round', spec.steps],
    ['learning rate', spec.learningRate], ['alignment steps', spec.alignmentSteps], ['quorum', spec.quorum],
    ['deadline', duration(spec.deadline)], ['seed', spec.seed],
    ['largest update', spec.maxUpdateNorm ? `norm ${spec.maxUpdateNorm}` : 'not bounded']];
  if (spec.origin) {
    facts.push(['fork of', spec.origin]);
  }
  if (head.export) {
    facts.push(['exported adapter', head.export.adapter], ['merged model', head.export.merged]);
  }
  if (head.archive) {
    facts.push(['deleted into archive', head.archive.slice(0, 12)]);
  }
  at('spec').replaceChildren(...facts.flatMap(([term, value]) => [element('dt', {}, term),
    element('dd', {}, String(value))]));
}

/* The cluster. */

function tasks() {
  fill(at('tasks-table'), [
    { title: 'Task', cell: task => task.id, text: true },
    { title: 'State', cell: task => badge(task.state.toLowerCase(), taskKind(task)) },
    { title: 'Worker', cell: task => task.worker },
    { title: 'Progress', cell: task => task.reason || work(task), text: true },
    { title: 'Took', numeric: true, cell: task => task.duration ? duration(task.duration) : null },
    { title: 'Last sign', numeric: true, cell: task => ago(task.settled || task.progress || task.assigned) },
  ], [...model.parts.tasks].reverse(), task => task.id);
}

function taskKind(task) {
  return { DONE: 'in', FAILED: 'bad', WAITING: 'wait', RUNNING: 'live' }[task.state];
}

function work(task) {
  return task.phase ? task.phase + (task.steps ? ` ${task.step} of ${task.steps}` : '') : '';
}

function workers() {
  fill(at('workers-table'), [
    { title: 'Process', cell: worker => worker.id, text: true },
    { title: 'Role', cell: worker => worker.role },
    { title: 'Device', cell: worker => worker.device ? `${worker.device}, ${count(worker.threads, 'thread')}` : null },
    { title: 'At work on', text: true, cell: worker => worker.work ? `${worker.work.id}: ${work(worker.work)}`
      : worker.role === 'server-worker' ? 'idle' : null },
    { title: 'Last sign', numeric: true, cell: worker => ago(worker.lastSign) },
    { title: 'Starts', numeric: true, wide: true, cell: worker => worker.starts },
    { title: 'Version', wide: true, cell: worker => worker.version },
  ], model.parts.workers, worker => worker.id, 'No process has said that it started.');
}

function clients() {
  const stuck = new Set([...(model.parts.findings ?? []), ...(model.parts.attention ?? [])]
    .filter(finding => finding.kind === 'STUCK_CLIENT').map(finding => finding.subject));
  fill(at('clients-table'), [
    { title: 'Client', cell: client => client.id, text: true },
    { title: 'State', cell: client => stuck.has(client.id) ? badge('stuck', 'warn') : client.there
      ? badge('there', 'in') : badge(client.leaving ? `left: ${client.leaving}` : 'away', 'gone') },
    { title: 'Device', cell: client => client.device },
    { title: 'Last at', cell: client => client.run ? client.round ? `round ${client.round}` : 'scores' : null },
    { title: 'Last sign', numeric: true, cell: client => ago(client.lastSign) },
    { title: 'Records', numeric: true, wide: true, cell: client => client.samples },
    { title: 'Held out', numeric: true, wide: true, cell: client => client.heldOut },
    { title: 'Skipped', numeric: true, wide: true, cell: client => client.skipped },
  ], (model.parts.clients ?? []).map(client => ({ ...client, kind: stuck.has(client.id) ? 'stuck' : '' })),
  client => client.id, 'No client has joined.');
}

function lag() {
  const { lags, lagProblem, address } = model.parts.cluster;
  linkWords = `Live · ${address}`;
  link(true);
  const behind = (lags ?? []).filter(one => one.records > 0);
  at('lag-facts').textContent = lagProblem ? `The broker was not asked, or does not say: ${lagProblem}.`
    : `${count(lags.length, 'pair')} of group and topic: ${behind.length === 0
      ? 'every group has settled all that it reads' : `${behind.length} behind`}.`;
  fill(at('lag-table'), [
    { title: 'Group', cell: one => one.group, text: true },
    { title: 'Topic', cell: one => one.topic, text: true },
    { title: 'Records behind', numeric: true, cell: one => one.records },
  ], behind, one => `${one.group}/${one.topic}`, 'Nothing is behind.');
}

function letters() {
  const { count: all, newest } = model.parts.deadLetters;
  at('letters-facts').textContent = all === 0 ? 'Every record could be used.'
    : `${count(all, 'record')} could not be used; the newest ${newest.length} are below. Their bytes stay where they lie.`;
  fill(at('letters-table'), [
    { title: 'When', cell: letter => clock(letter.at) },
    { title: 'Reason', cell: letter => letter.reason, text: true },
    { title: 'Where', text: true, cell: letter => `${letter.topic}, partition ${letter.partition}, offset ${letter.offset}` },
    { title: 'Key', wide: true, text: true, cell: letter => letter.key },
    { title: 'By', wide: true, cell: letter => letter.process },
  ], [...newest].reverse(), letter => `${letter.topic}/${letter.partition}/${letter.offset}/${letter.process}`,
  'No dead letters.');
}

/* What goes on by itself: times, news, the connection. */

const FORMATS = {
  ago: millis => millis < 1500 ? 'just now' : `${duration(millis)} ago`,
  for: millis => `, for ${duration(millis)}`,
  silent: millis => `(for ${duration(millis)})`,
};

function tick() {
  const now = model.now();
  for (const ticking of document.querySelectorAll('.ticks')) {
    const { since, until, format } = ticking.dataset;
    let text = null;
    if (until) {
      const left = Number(until) - now;
      text = left > 0 ? `, closes in ${duration(left)}` : ', its deadline has passed';
    } else if (since) {
      text = FORMATS[format ?? 'ago'](now - Number(since));
    }
    if (text !== null && ticking.textContent !== text) {
      ticking.textContent = text;
    }
  }
}

/** For who cannot see it: what is new, and not every step. */
function news() {
  const { head, findings } = model.parts;
  if (!head) {
    return;
  }
  const alarms = (findings ?? []).filter(finding => finding.severity === 'PROBLEM'
    && !saidFindings.has(finding.kind + finding.subject + finding.round));
  if (alarms.length) {
    alarms.forEach(finding => saidFindings.add(finding.kind + finding.subject + finding.round));
    at('alarm').textContent = alarms.map(finding => finding.text).join('. ');
  }
  const now = performance.now();
  if (head.headline.text !== saidHeadline && now >= newsDue) {
    saidHeadline = head.headline.text;
    newsDue = now + NEWS_MILLIS;
    at('news').textContent = saidHeadline;
  }
}

let linkWords = 'Live';

function link(isUp) {
  at('link').textContent = isUp ? linkWords : 'Not connected, trying again …';
  at('link').className = isUp ? 'link up' : 'link down';
}

const wide = matchMedia('(min-width: 62rem)');
const foldRuns = () => {
  at('runs-fold').open = wide.matches;
};
wide.addEventListener('change', foldRuns);
foldRuns();

at('grid-legend').replaceChildren(...[['in', 'counted or accepted'], ['wait', 'awaited'], ['warn', 'late, or stuck …'],
  ['bad', 'rejected × or failed !'], ['gone', 'left or missing']].map(([kind, text]) =>
  element('li', {}, element('span', { className: `box ${kind}` }), text)));

model.onLink(link);
model.onChange(touch);
window.addEventListener('resize', () => touch(['rounds']));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => touch(['rounds']));
setInterval(() => {
  tick();
  news();
}, 1000);
follow(new URLSearchParams(location.hash.slice(1)).get('run'));
