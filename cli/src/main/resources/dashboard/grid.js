import { VERDICTS } from './words.js';
import { element } from './tables.js';

const LABEL_MOST = 150;
const WIDEST = 34;
const NARROWEST = 3;
const HIGHEST = 22;
const LOWEST = 8;
const PADDING = 4;

/** Rounds across, clients down, what became of each as a field. Drawn, since there may be tens of thousands. */
export class Grid {
  /** @param pick called with the number of a round that was clicked */
  constructor(host, pick) {
    this.host = host;
    this.labels = element('div', { className: 'grid-labels' });
    this.labels.setAttribute('aria-hidden', 'true');
    this.scroll = element('div', { className: 'grid-scroll' });
    this.canvas = element('canvas');
    this.canvas.setAttribute('role', 'img');
    this.scroll.append(this.canvas);
    host.append(this.labels, this.scroll);
    this.atEnd = true;
    this.scroll.addEventListener('scroll', () => {
      this.atEnd = this.scroll.scrollLeft + this.scroll.clientWidth >= this.scroll.scrollWidth - 4;
    }, { passive: true });
    this.canvas.addEventListener('click', event => {
      const round = this.rounds?.[Math.floor(event.offsetX / this.width)];
      if (round) {
        pick(round.number);
      }
    });
  }

  /**
   * @param names of clients, as the letters of a round stand for them
   * @param rounds in order
   * @param planned rounds of the run: the fields are as wide as all of them allow
   */
  draw(names, rounds, planned, selected, stuck, description) {
    this.rounds = rounds;
    this.height = Math.max(LOWEST, Math.min(HIGHEST, Math.floor(620 / Math.max(1, names.length))));
    this.label(names);
    const room = Math.max(120, this.host.clientWidth - this.labels.offsetWidth - 2);
    this.width = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(room / Math.max(planned, rounds.length, 1))));
    const columns = Math.max(planned * this.width <= room ? planned : rounds.length, rounds.length, 1);
    const width = columns * this.width;
    const height = names.length * this.height + 2 * PADDING;
    if (this.size(width, height)) {
      this.face = null;
    }
    const pen = this.canvas.getContext('2d');
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.colours = this.readColours();
    const face = JSON.stringify([names, width, height, this.ratio, this.colours]);
    if (face !== this.face) {
      this.face = face;
      this.drawn = [];
      pen.clearRect(0, 0, width, height);
    }
    // Tens of thousands of fields at every event would hold the page up: only columns that changed are drawn again.
    rounds.forEach((round, column) => {
      const look = `${round.verdicts} ${round.closed ? '' : [...stuck]} ${round.number === selected}`;
      if (this.drawn[column] !== look) {
        this.drawn[column] = look;
        pen.clearRect(column * this.width, 0, this.width, height);
        this.column(pen, round, column, names, round.number === selected, stuck);
      }
    });
    this.canvas.setAttribute('aria-label', description);
    if (this.atEnd) {
      this.scroll.scrollLeft = this.scroll.scrollWidth;
    }
  }

  label(names) {
    const shown = this.height >= 12;
    const text = shown ? names.join('\n') : '';
    if (this.shownLabels === text && this.labelHeight === this.height) {
      return;
    }
    this.shownLabels = text;
    this.labelHeight = this.height;
    this.labels.replaceChildren(...(shown ? names : []).map(name => {
      const label = element('div', { title: name }, name);
      label.style.height = `${this.height}px`;
      label.style.lineHeight = `${this.height}px`;
      label.style.maxWidth = `${LABEL_MOST}px`;
      return label;
    }));
    this.labels.style.paddingTop = `${PADDING}px`;
  }

  /** @return whether the canvas was made anew, and is empty */
  size(width, height) {
    this.ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * this.ratio) || this.canvas.height !== Math.round(height * this.ratio)) {
      this.canvas.width = Math.round(width * this.ratio);
      this.canvas.height = Math.round(height * this.ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
      return true;
    }
    return false;
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    return { in: colour('--in'), bad: colour('--bad'), warn: colour('--warn'), gone: colour('--gone'),
      wait: colour('--wait'), ink: colour('--ink'), paper: colour('--paper'), line: colour('--line'),
      accent: colour('--accent') };
  }

  column(pen, round, column, names, selected, stuck) {
    const gap = this.width > 6 ? 2 : this.width > 4 ? 1 : 0;
    const left = column * this.width;
    if (selected) {
      pen.fillStyle = this.colours.line;
      pen.fillRect(left, 0, this.width, names.length * this.height + 2 * PADDING);
    }
    for (let row = 0; row < names.length; row++) {
      const verdict = VERDICTS[round.verdicts[row]];
      if (verdict) {
        const isStuck = verdict.kind === 'wait' && stuck.has(names[row]) && !round.closed;
        this.field(pen, verdict, isStuck, left + gap / 2, PADDING + row * this.height + 1, this.width - gap,
          this.height - 2);
      }
    }
  }

  field(pen, verdict, isStuck, x, y, width, height) {
    pen.fillStyle = this.colours[isStuck ? 'warn' : verdict.kind];
    if (verdict.kind === 'gone') {
      pen.fillRect(x, y + height / 2 - 1, width, 2);
    } else {
      pen.fillRect(x, y, width, height);
    }
    const glyph = isStuck ? '…' : verdict.glyph;
    if (glyph && verdict.kind !== 'gone' && width >= 10 && height >= 10) {
      pen.fillStyle = this.colours.paper;
      pen.font = `700 ${Math.min(14, height)}px system-ui, sans-serif`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(glyph, x + width / 2, y + height / 2 + 1);
    }
  }
}
