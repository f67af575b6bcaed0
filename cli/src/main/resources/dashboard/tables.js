/** Tables that are brought up to date row by row, so that what has not changed is left alone, focus too. */

/**
 * @param table element
 * @param columns of {title, cell(row) → text, node or {text, kind}, numeric, wide} where wide ones go on a phone
 * @param rows to show, in order
 * @param key of a row
 */
export function fill(table, columns, rows, key, empty = 'Nothing yet.') {
  const known = table.rowsByKey ?? (table.rowsByKey = new Map());
  let body = table.tBodies[0];
  if (!body) {
    head(table, columns);
    body = table.createTBody();
  }
  const wanted = [];
  const keys = new Set();
  for (const row of rows) {
    const id = String(key(row));
    keys.add(id);
    wanted.push(upToDate(known, id, row, columns));
  }
  for (const id of known.keys()) {
    if (!keys.has(id)) {
      known.delete(id);
    }
  }
  if (wanted.length === 0) {
    const cell = element('td', { className: 'none' }, empty);
    cell.colSpan = columns.length;
    wanted.push(element('tr', {}, cell));
  }
  if (wanted.length !== body.rows.length || wanted.some((row, index) => row !== body.rows[index])) {
    body.replaceChildren(...wanted);
  }
}

function head(table, columns) {
  const row = element('tr', {}, ...columns.map(column => {
    const cell = element('th', { className: classes(column) }, column.title);
    cell.scope = 'col';
    return cell;
  }));
  table.append(element('thead', {}, row));
}

function upToDate(known, id, row, columns) {
  const cells = columns.map(column => column.cell(row));
  const face = JSON.stringify([cells.map(cell => cell instanceof Node ? cell.textContent + cell.className
    + JSON.stringify(cell.dataset) : cell), row.kind]);
  const before = known.get(id);
  if (before?.face === face) {
    return before.element;
  }
  const made = element('tr', { className: row.kind ?? '' }, ...cells.map((cell, index) => {
    const column = columns[index];
    const holder = element(index === 0 ? 'th' : 'td', { className: classes(column) },
      cell === null || cell === undefined || cell === '' ? '–' : cell);
    if (index === 0) {
      holder.scope = 'row';
    }
    return holder;
  }));
  known.set(id, { face, element: made });
  return made;
}

function classes(column) {
  return [column.numeric ? 'numeric' : '', column.wide ? 'wide' : '', column.text ? 'text' : ''].join(' ').trim();
}

/** An element with its content: texts and nodes, never markup. */
export function element(name, properties = {}, ...content) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content.map(part => part instanceof Node ? part : String(part)));
  return made;
}

/** A word in a coloured frame; the word says it all, the colour helps to find it. */
export function badge(text, kind) {
  return element('span', { className: `badge ${kind}` }, text);
}

/** Text that goes on counting from a time of the log: "12 s ago". */
export function ago(millis, format = 'ago') {
  const made = element('span', { className: 'ticks' });
  if (millis) {
    made.dataset.since = millis;
    made.dataset.format = format;
  } else {
    made.textContent = 'never';
  }
  return made;
}
