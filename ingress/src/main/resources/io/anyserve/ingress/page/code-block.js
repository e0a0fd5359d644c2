// A block of code: its language, a button that copies it, and its text in colours.

import { copied } from './clipboard.js';
import { highlight } from './highlight.js';
import { icon } from './icons.js';
import { h } from './view.js';

const NAMES = {
  js: 'JavaScript', javascript: 'JavaScript', ts: 'TypeScript', typescript: 'TypeScript', py: 'Python', python: 'Python', java: 'Java',
  c: 'C', cpp: 'C++', 'c++': 'C++', cs: 'C#', go: 'Go', rs: 'Rust', rust: 'Rust', kt: 'Kotlin', kotlin: 'Kotlin', sh: 'Shell', bash: 'Shell',
  shell: 'Shell', sql: 'SQL', json: 'JSON', html: 'HTML', xml: 'XML', css: 'CSS', yaml: 'YAML', yml: 'YAML', toml: 'TOML', diff: 'Diff' };

export function codeBlock(code, language) {
  const name = NAMES[language.toLowerCase()] ?? (language || 'Text');
  return h('div', { class: 'code' },
    h('div', { class: 'code-head' },
      h('span', null, name),
      h('button', { type: 'button', class: 'quiet', onclick: (event) => copied(event.currentTarget, code) },
        icon('copy'), h('span', null, 'Copy'))),
    h('pre', { tabindex: 0, role: 'group', 'aria-label': `Code, ${name}` }, h('code', null, highlight(code, language.toLowerCase()))));
}
