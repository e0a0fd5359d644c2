// Light, dark, or what the system says; remembered in this browser.
import {useEffect, useState} from 'preact/hooks';
import {html} from './html.js';

const THEMES = ['system', 'light', 'dark'];
const system = matchMedia('(prefers-color-scheme: dark)');
const changes = new EventTarget();

export function nextTheme() {
  choose(THEMES[(THEMES.indexOf(chosen()) + 1) % THEMES.length]);
}

/** What is on the screen now, light or dark. */
export function useTheme() {
  const [theme, setTheme] = useState(effective);
  useChange(() => setTheme(effective()));
  return theme;
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosen);
  useChange(() => setTheme(chosen()));
  return html`
    <div class="choice" role="group" aria-label="Theme">
      ${THEMES.map(one => html`
        <button type="button" key=${one} aria-pressed=${String(one === theme)} onClick=${() => choose(one)}>${one === 'system' ? 'auto' : one}</button>`)}
    </div>`;
}

function useChange(react) {
  useEffect(() => {
    changes.addEventListener('change', react);
    system.addEventListener('change', react);
    return () => {
      changes.removeEventListener('change', react);
      system.removeEventListener('change', react);
    };
  }, []);
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem('usage.theme', theme);
  changes.dispatchEvent(new Event('change'));
}

function chosen() {
  return document.documentElement.dataset.theme;
}

function effective() {
  return chosen() === 'system' ? (system.matches ? 'dark' : 'light') : chosen();
}
