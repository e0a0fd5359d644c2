// Line drawings of 20 by 20.

import { h } from './view.js';

const PATHS = {
  plus: 'M10 4v12M4 10h12',
  compose: 'M9 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16h9a1.5 1.5 0 0 0 1.5-1.5V11M14.2 3.8a1.4 1.4 0 0 1 2 2L10.5 11.5l-2.7.7.7-2.7z',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.5 13.5 17 17',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  close: 'M5 5l10 10M15 5 5 15',
  send: 'M10 16V4.5M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  copy: 'M7.5 7.5h8v9h-8zM12.5 7.5v-4h-8v9h3',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  edit: 'M13.2 4.3a1.6 1.6 0 0 1 2.5 2.5L7.5 15l-3.5 1 1-3.5z',
  again: 'M15.5 8A6 6 0 1 0 16 11M16 4v4h-4',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  down: 'M10 4v11.5M5 11l5 5 5-5',
  chevron: 'M6 8l4 4 4-4',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5',
  sliders: 'M4 6h5M13 6h3M4 14h2M10 14h6M11 4.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM8 12.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  download: 'M10 3.5v9M6.5 9.5l3.5 3.5 3.5-3.5M4 16.5h12',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M15.3 4.7l-1 1M5.7 14.3l-1 1',
  moon: 'M16 11.5A6.5 6.5 0 0 1 8.5 4a6.5 6.5 0 1 0 7.5 7.5z',
  screen: 'M3 4.5h14v9H3zM7.5 16.5h5',
  pulse: 'M2.5 10.5h3.5l2-5.5 3.5 10 2-4.5h4',
  chart: 'M4 16V9.5M8 16V5M12 16v-4M16 16V7.5',
  help: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM8 8a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.4M10 13.6v.1',
  code: 'M7.5 6 3.5 10l4 4M12.5 6l4 4-4 4',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2v.1' };

/** The sign of the product. */
export function mark() {
  return h('svg', { class: 'mark', viewBox: '0 0 32 32', width: 26, height: 26, 'aria-hidden': 'true' },
    h('rect', { width: 32, height: 32, rx: 9, class: 'mark-ground' }),
    h('path', { d: 'M9 11.5h14M9 16h10M9 20.5h6', class: 'mark-lines', 'stroke-width': 2.6, 'stroke-linecap': 'round' }));
}

export function icon(name) {
  return h('svg', { class: 'icon', viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': 'true', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    h('path', { d: PATHS[name] }));
}
