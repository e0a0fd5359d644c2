// A chart over time with its legend, keyboard and table. Bars are stacked, lines are not.
import {useEffect, useRef, useState} from 'preact/hooks';
import {html} from './html.js';
import {between, momentOf} from './format.js';
import {LENGTH} from './range.js';
import {plot, seriesAt} from './plot.js';
import {useTheme} from './theme-switch.js';

/**
 * @param label what is drawn
 * @param range with its starts
 * @param series {name, colour, values} with one value for each start; null is a gap
 * @param format of a value
 * @param total of a series for the legend, or null where values do not add up
 * @param onPick called with the index of a window and, where one was hit, the index of a series
 */
export function Chart({label, range, starts, series, format, kind = 'bars', total = true, onPick}) {
  const [at, setAt] = useState(null);
  const [hidden, setHidden] = useState(new Set());
  const shown = series.filter(({name}) => !hidden.has(name));
  const box = useRef();
  const drawn = usePlot(box, {range, starts, shown, kind, format, setAt});
  const pick = (index, hit) => onPick?.(index, hit === null ? null : series.indexOf(shown[hit]));

  const keys = {
    ArrowLeft: () => drawn.current.moveTo(at === null ? starts.length - 1 : Math.max(0, at - 1)),
    ArrowRight: () => drawn.current.moveTo(at === null ? 0 : Math.min(starts.length - 1, at + 1)),
    Home: () => drawn.current.moveTo(0),
    End: () => drawn.current.moveTo(starts.length - 1),
    Enter: () => at !== null && pick(at, null),
  };
  const press = event => {
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  };
  const click = event => at !== null && pick(at, kind === 'bars' ? seriesAt(drawn.current, event, at) : null);
  const toggle = name => setHidden(last => new Set(last.has(name) ? [...last].filter(n => n !== name) : [...last, name]));

  return html`
    <div class="chart">
      <div class=${`plot ${onPick ? 'picks' : ''}`} ref=${box} tabindex="0" role="group" aria-roledescription="chart"
          aria-label=${`${label}. Arrow keys choose a window${onPick ? ', Enter shows its requests' : ''}.`}
          onKeyDown=${press} onClick=${click}></div>
      <${Legend} ...${{series, hidden, toggle, at, format, total}}
          title=${at === null ? null : between(starts[at], starts[at] + LENGTH[range.size], range.size)} />
      <${AsTable} ...${{label, range, starts, series, format}} />
    </div>`;
}

/** Keeps one uPlot in the box; draws anew when what is shown, the size or the theme changes. */
function usePlot(box, {range, starts, shown, kind, format, setAt}) {
  const drawn = useRef(null);
  const theme = useTheme();
  const width = useWidth(box);
  useEffect(() => {
    if (width === 0) {
      return undefined;
    }
    drawn.current = plot(box.current, {width, range, starts, series: shown, kind, format, onMove: setAt});
    return () => {
      drawn.current.destroy();
      setAt(null);
    };
  }, [width, theme, kind, JSON.stringify([range, shown])]);
  return drawn;
}

function useWidth(box) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return width;
}

/** The names of the series with their sums, or with their values in the window under the cursor. */
function Legend({series, hidden, toggle, at, title, format, total}) {
  const value = ({values}) => {
    if (at !== null) {
      return values[at] === null ? '–' : format(values[at]);
    }
    return total ? format(values.reduce((n, v) => n + (v ?? 0), 0)) : '';
  };
  return html`
    <div class="legend">
      <p class="when" aria-live="polite">${title ?? html`<span class="quiet">${total ? 'Whole range' : 'Point at the chart'}</span>`}</p>
      <ul>
        ${series.map(one => html`
          <li key=${one.name}>
            <button type="button" class="series" aria-pressed=${String(!hidden.has(one.name))}
                title=${`Show or hide ${one.name}`} onClick=${() => toggle(one.name)}>
              <svg class=${`swatch ${one.colour}`} viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2.5" /></svg>
              <span class="name">${one.name}</span><span class="value">${value(one)}</span>
            </button>
          </li>`)}
      </ul>
    </div>`;
}

/** The same figures for those who read them; rows are made only once it is opened. */
function AsTable({label, range, starts, series, format}) {
  const [open, setOpen] = useState(false);
  const time = start => (range.size === 'day' ? between(start, start + LENGTH.day, 'day') : momentOf(start));
  return html`
    <details class="as-table" onToggle=${event => setOpen(event.currentTarget.open)}>
      <summary>Show as table</summary>
      ${open && html`
        <div class="scroll" tabindex="0" role="region" aria-label=${`${label} as a table`}>
          <table>
            <thead><tr><th scope="col">UTC</th>${series.map(({name}) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
            <tbody>
              ${starts.map((start, i) => html`
                <tr><th scope="row">${time(start)}</th>${series.map(({values}) => html`
                  <td class="number">${values[i] === null ? '–' : html`<data value=${values[i]}>${format(values[i])}</data>`}</td>`)}</tr>`)}
            </tbody>
          </table>
        </div>`}
    </details>`;
}
