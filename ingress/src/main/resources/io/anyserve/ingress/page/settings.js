// What this browser remembers: the theme, the model, and the parameters of requests.

const THEME = 'anyserve.theme';
const MODEL = 'anyserve.model';
const PARAMETERS = 'anyserve.parameters';

export const THEMES = ['system', 'light', 'dark'];

export function theme() {
  return document.documentElement.dataset.theme;
}

export function setTheme(chosen) {
  document.documentElement.dataset.theme = chosen;
  localStorage.setItem(THEME, chosen);
}

export function model() {
  return localStorage.getItem(MODEL) ?? '';
}

export function setModel(id) {
  localStorage.setItem(MODEL, id);
}

/** Texts as they stand in the fields; empty is the default of the model. */
export function parameters() {
  try {
    return JSON.parse(localStorage.getItem(PARAMETERS)) ?? {};
  } catch {
    return {};
  }
}

export function setParameters(fields) {
  localStorage.setItem(PARAMETERS, JSON.stringify(fields));
}

/** Those fields as the parameters of a request. */
export function requestParameters(fields) {
  const wanted = {};
  for (const name of ['temperature', 'top_p', 'max_tokens', 'seed']) {
    const number = Number(fields[name]);
    if (String(fields[name] ?? '').trim() !== '' && Number.isFinite(number)) {
      wanted[name] = number;
    }
  }
  const stop = (fields.stop ?? '').split('\n').filter((line) => line !== '');
  if (stop.length > 0) {
    wanted.stop = stop;
  }
  return wanted;
}
