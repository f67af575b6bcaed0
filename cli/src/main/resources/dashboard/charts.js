import uPlot from './uPlot.esm.js';
import { element, fill } from './tables.js';

const HEIGHT = 210;

/** A chart with its title, legend, a sentence that says what it shows, and its numbers as a table. */
export class Chart {
  /**
   * @param series of {title, colour: name of a style variable, dash, width, points}
   * @param axis what stands below
   * @param format of a value
   */
  constructor(figure, { title, axis, series, format, log = false }) {
    this.series = series;
    this.axis = axis;
    this.format = format;
    this.log = log;
    this.plot = element('div', { className: 'plot' });
    this.plot.setAttribute('role', 'img');
    this.summary = element('p', { className: 'facts' });
    this.table = element('table', {}, element('caption', { className: 'unseen' }, title));
    const scroll = element('div', { className: 'scroll' }, this.table);
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `${title} as a table`);
    this.fold = element('details', {}, element('summary', {}, 'As a table'), scroll);
    this.fold.addEventListener('toggle', () => this.tabulate());
    figure.append(element('figcaption', {}, title), this.legend(), this.plot, this.summary, this.fold);
    this.title = title;
    new ResizeObserver(() => this.fit()).observe(this.plot);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.rebuild());
  }

  legend() {
    return element('ul', { className: 'legend' }, ...this.series.map(line => {
      const swatch = element('span', { className: 'swatch' });
      swatch.style.borderTopColor = `var(${line.colour})`;
      swatch.style.borderTopStyle = line.dash ? 'dashed' : 'solid';
      swatch.style.borderTopWidth = `${line.width ?? 2}px`;
      return element('li', {}, swatch, line.title);
    }));
  }

  /** @param data as uPlot takes it: x first, null for gaps */
  show(data, summary) {
    this.data = data;
    this.summary.textContent = summary;
    this.plot.setAttribute('aria-label', `${this.title}. ${summary}`);
    if (this.chart) {
      this.chart.setData(data);
    } else {
      this.rebuild();
    }
    this.tabulate();
  }

  rebuild() {
    this.chart?.destroy();
    this.chart = null;
    if (!this.data || this.data[0].length === 0) {
      return;
    }
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    const grid = { stroke: colour('--line'), width: 1 };
    const font = '12px system-ui, "Liberation Sans", sans-serif';
    this.chart = new uPlot({
      width: Math.max(200, this.plot.clientWidth), height: HEIGHT,
      legend: { show: false }, cursor: { y: false, points: { size: 6 } },
      scales: { x: { time: false, range: (chart, low, high) => low === high ? [low - 1, high + 1] : [low, high] },
        y: this.log ? { distr: 3 } : {} },
      axes: [
        { stroke: colour('--quiet'), grid, ticks: grid, font, label: this.axis, labelFont: font, labelSize: 20,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
        { stroke: colour('--quiet'), grid, ticks: grid, font, size: 78,
          values: (chart, values) => values.map(value => value === null ? '' : this.format(value)) },
      ],
      series: [{}, ...this.series.map(line => ({ stroke: colour(line.colour), width: line.width ?? 2,
        dash: line.dash, spanGaps: true, points: { show: this.data[0].length < 40, size: 5,
          fill: colour(line.colour) } }))],
    }, this.data, this.plot);
  }

  fit() {
    const width = this.plot.clientWidth;
    if (this.chart && width > 0 && Math.abs(this.chart.width - width) > 1) {
      this.chart.setSize({ width, height: HEIGHT });
    }
  }

  /** Only while it is open: a table of hundreds of rows is not free. */
  tabulate() {
    if (!this.fold.open || !this.data) {
      return;
    }
    const rows = this.data[0].map((x, index) => ({ x, values: this.data.slice(1).map(line => line[index]) })).reverse();
    fill(this.table, [
      { title: this.axis, cell: row => String(row.x), numeric: true },
      ...this.series.map((line, index) => ({ title: line.title, numeric: true,
        cell: row => row.values[index] === null || row.values[index] === undefined ? '–'
          : this.format(row.values[index]) })),
    ], rows, row => row.x);
  }
}
