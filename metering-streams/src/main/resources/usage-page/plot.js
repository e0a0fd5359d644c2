// Draws on uPlot: everything about pixels is here.
import uPlot from 'uplot';
import {clockOf, dayOf} from './format.js';
import {LENGTH} from './range.js';

const HEIGHT = 232;
const DAY_S = 86_400;

/** Draws into the box. Series come bottom first; a bar stands in the middle of its window. */
export function plot(box, {width, range, starts, series, kind, format, onMove}) {
  const css = getComputedStyle(document.documentElement);
  const ink = name => css.getPropertyValue(name).trim();
  const middles = starts.map(start => (start + LENGTH[range.size] / 2) / 1000);
  const stacked = kind === 'bars';
  const layers = stacked ? cumulate(series) : series.map(({values}) => values);
  const drawing = series.map((one, i) => style(one, kind, ink(`--${one.colour}`), starts.length, i));
  const order = values => (stacked ? values.toReversed() : values);

  const options = {
    width,
    height: HEIGHT,
    legend: {show: false},
    padding: [8, 8, 0, 0],
    cursor: {y: false, points: {show: !stacked, size: 8}, drag: {x: false, y: false, setScale: false}},
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: {
      x: {time: true, range: [range.from / 1000, range.to / 1000]},
      y: {range: (_, min, max) => [0, max > 0 ? max * 1.06 : 1]},
    },
    axes: axes(ink, format),
    series: [{}, ...order(drawing)],
    hooks: {setCursor: [({cursor}) => onMove(cursor.idx ?? null)]},
  };
  const drawn = new uPlot(options, [middles, ...order(layers)], box);
  drawn.moveTo = index => drawn.setCursor({left: drawn.valToPos(middles[index], 'x'), top: 0});
  drawn.layers = layers;
  return drawn;
}

/** Which layer of a stack lies under the pointer in that window, or null above all. */
export function seriesAt(drawn, event, index) {
  const top = event.clientY - drawn.over.getBoundingClientRect().top;
  const value = drawn.posToVal(top, 'y');
  const layer = drawn.layers.findIndex(values => values[index] >= value);
  return layer < 0 ? null : layer;
}

function cumulate(series) {
  let below = null;
  return series.map(({values}) => {
    below = values.map((value, i) => (value ?? 0) + (below ? below[i] : 0));
    return below;
  });
}

function style({name}, kind, colour, windows) {
  if (kind === 'bars') {
    const paths = uPlot.paths.bars({size: [windows > 100 ? 0.9 : 0.76, 44], radius: 0});
    return {label: name, fill: colour, width: 0, points: {show: false}, paths};
  }
  return {label: name, stroke: colour, width: 2, points: {size: 5, fill: colour}, spanGaps: false};
}

function axes(ink, format) {
  const common = {stroke: ink('--quiet'), font: `11px ${ink('--font')}`, ticks: {show: false}};
  const days = (splits, step) => splits.map(s => (step >= DAY_S || s % DAY_S === 0 ? dayOf(s * 1000) : clockOf(s * 1000)));
  return [
    {...common, grid: {show: false}, space: 64, size: 28, values: (_, splits, __, ___, step) => days(splits, step)},
    {...common, grid: {stroke: ink('--line'), width: 1}, size: (_, values) => 16 + 6.4 * longest(values), values: (_, splits) => splits.map(format)},
  ];
}

function longest(values) {
  return Math.max(3, ...(values ?? []).map(text => text.length));
}
