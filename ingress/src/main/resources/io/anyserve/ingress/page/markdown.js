// Markdown as a view: blocks here, their texts in inline.js. Raw HTML is text. A text that is still being written is
// shown as what it is becoming: a table from its first row on, a code block from its fence on.

import { codeBlock } from './code-block.js';
import { inline } from './inline.js';
import { h } from './view.js';

const FENCE = /^( {0,3})(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?: (.*))?$/;
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:( +)(.*)|)$/;
const BEGINNING = /^ {0,3}(?:#{1,6}|[-*+=]{1,2}|\d{1,9}[.)]?|`{1,2}|~{1,2}|>|\|)$/;
const MOST_DEPTH = 12;

/**
 * The blocks of a text as views.
 *
 * @param open the text is still being written
 */
export function markdown(text, open = false) {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\t', '    ').split('\n');
  if (open && BEGINNING.test(lines.at(-1))) {
    lines.pop();
  }
  return blocks(lines, open, 0);
}

function blocks(lines, open, depth) {
  const views = [];
  const reader = { lines, at: 0, open, depth };
  while (reader.at < lines.length) {
    if (lines[reader.at].trim() === '') {
      reader.at++;
    } else {
      views.push(block(reader));
    }
  }
  return views;
}

function block(reader) {
  const line = reader.lines[reader.at];
  const fence = FENCE.exec(line);
  if (fence) {
    return fenced(reader, fence);
  }
  const heading = HEADING.exec(line);
  if (heading) {
    reader.at++;
    return h(`h${heading[1].length}`, null, inline(title(heading[2] ?? ''), isOpen(reader)));
  }
  if (RULE.test(line)) {
    reader.at++;
    return h('hr');
  }
  if (reader.depth < MOST_DEPTH && QUOTE.test(line)) {
    return quote(reader);
  }
  if (reader.depth < MOST_DEPTH && ITEM.test(line)) {
    return list(reader);
  }
  return startsTable(reader) ? table(reader) : paragraph(reader);
}

/** Without the hashes that may close it. */
function title(text) {
  const trimmed = text.trim();
  let end = trimmed.length;
  while (trimmed[end - 1] === '#') {
    end--;
  }
  return end === 0 || trimmed[end - 1] === ' ' ? trimmed.slice(0, end).trimEnd() : trimmed;
}

/** Whether what was read last may go on with the next words. */
function isOpen(reader) {
  return reader.open && reader.at >= reader.lines.length;
}

function fenced(reader, [, indent, fence, info]) {
  const body = [];
  const close = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}[ ]*$`);
  reader.at++;
  while (reader.at < reader.lines.length && !close.test(reader.lines[reader.at])) {
    const line = reader.lines[reader.at++];
    body.push(line.startsWith(indent) ? line.slice(indent.length) : line.trimStart());
  }
  reader.at++;
  return codeBlock(body.join('\n'), info.trim().split(/\s+/)[0]);
}

function quote(reader) {
  const inner = [];
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at];
    const lazy = inner.length > 0 && inner.at(-1).trim() !== '' && !startsBlock(line) && line.trim() !== '';
    if (!QUOTE.test(line) && !lazy) {
      break;
    }
    inner.push(line.replace(QUOTE, ''));
    reader.at++;
  }
  return h('blockquote', null, blocks(inner, isOpen(reader), reader.depth + 1));
}

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}

/** Of the numbers, only 1 begins a list in the middle of a paragraph. */
function interrupts(line) {
  return startsBlock(line) && !/^ {0,3}(?!1[.)])\d/.test(line);
}

function list(reader) {
  const first = ITEM.exec(reader.lines[reader.at]);
  const ordered = /\d/.test(first[2]);
  const kind = ordered ? first[2].at(-1) : first[2];
  const items = [];
  let loose = false;
  while (reader.at < reader.lines.length) {
    const match = ITEM.exec(reader.lines[reader.at]);
    const marker = match?.[2];
    const same = marker && (ordered ? /\d/.test(marker) && marker.at(-1) === kind : marker === kind);
    if (!same || RULE.test(reader.lines[reader.at])) {
      break;
    }
    const { lines, blank } = item(reader, match);
    const more = reader.at < reader.lines.length && ITEM.test(reader.lines[reader.at]);
    loose ||= lines.some((line, i) => line === '' && i < lines.length - 1) || (blank && more);
    items.push({ lines, open: isOpen(reader) });
  }
  const views = items.map((each) => itemView(each, loose, reader.depth));
  const start = ordered ? Number.parseInt(first[2], 10) : 1;
  return h(ordered ? 'ol' : 'ul', start === 1 ? null : { start }, views);
}

/** The lines of one item without its indentation, and whether a blank line follows. */
function item(reader, match) {
  const spaces = match[3]?.length ?? 1;
  const width = match[1].length + match[2].length + (spaces > 4 ? 1 : spaces);
  const lines = [' '.repeat(spaces > 4 ? spaces - 1 : 0) + (match[4] ?? '')];
  reader.at++;
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at];
    const indent = line.length - line.trimStart().length;
    const blankBefore = lines.at(-1) === '';
    if (line.trim() === '') {
      lines.push('');
    } else if (indent >= Math.min(width, 2) && (indent >= width || !ITEM.test(line.trimStart()) || indent > match[1].length + 1)) {
      lines.push(line.slice(Math.min(indent, width)));
    } else if (blankBefore || startsBlock(line)) {
      break;
    } else {
      lines.push(line);
    }
    reader.at++;
  }
  let blank = false;
  while (lines.length > 1 && lines.at(-1) === '') {
    lines.pop();
    blank = true;
  }
  return { lines, blank };
}

function itemView({ lines, open }, loose, depth) {
  const task = /^\[([ xX])\] +(.*)$/.exec(lines[0]);
  const views = blocks(task ? [task[2], ...lines.slice(1)] : lines, open, depth + 1);
  const children = loose ? views : views.flatMap((view) => (view.tag === 'p' ? view.children : [view]));
  return task
    ? h('li', { class: 'task' }, h('input', { type: 'checkbox', disabled: true, checked: task[1] !== ' ', 'aria-label': task[1] === ' ' ? 'open' : 'done' }), ' ', children)
    : h('li', null, children);
}

/** While it is written, a line that begins with a bar is the head of a table. */
function startsTable(reader) {
  const line = reader.lines[reader.at];
  const next = reader.lines[reader.at + 1];
  if (!line.includes('|')) {
    return false;
  }
  if (next === undefined || (reader.open && reader.at + 2 === reader.lines.length && /^[ |:-]*$/.test(next))) {
    return reader.open && line.trimStart().startsWith('|');
  }
  const dashes = cells(next);
  return dashes.every((cell) => /^:?-+:?$/.test(cell)) && dashes.length === cells(line).length;
}

function table(reader) {
  const head = cells(reader.lines[reader.at++]);
  const aligns = cells(reader.lines[reader.at++] ?? '').map(alignment);
  const rows = [];
  while (reader.at < reader.lines.length && reader.lines[reader.at].includes('|') && !startsBlock(reader.lines[reader.at])) {
    rows.push(cells(reader.lines[reader.at++]));
  }
  const cell = (tag, text, i, open) => h(tag, { align: aligns[i], scope: tag === 'th' ? 'col' : undefined }, inline(text ?? '', open));
  const last = rows.length - 1;
  return h('div', { class: 'table', tabindex: 0, role: 'group', 'aria-label': 'Table' },
    h('table', null,
      h('thead', null, h('tr', null, head.map((text, i) => cell(text ? 'th' : 'td', text, i, isOpen(reader))))),
      h('tbody', null, rows.map((row, n) => h('tr', null, head.map((_, i) => cell('td', row[i], i, n === last && isOpen(reader))))))));
}

function cells(line) {
  const inner = line.trim().replace(/^\|/, '').replace(/(^|[^\\])\|$/, '$1');
  const all = [''];
  let code = false;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '\\' && inner[i + 1] === '|') {
      all[all.length - 1] += '|';
      i++;
    } else if (inner[i] === '|' && !code) {
      all.push('');
    } else {
      code = inner[i] === '`' ? !code : code;
      all[all.length - 1] += inner[i];
    }
  }
  return all.map((cell) => cell.trim());
}

function alignment(dashes) {
  if (dashes.endsWith(':')) {
    return dashes.startsWith(':') ? 'center' : 'right';
  }
  return undefined;
}

function paragraph(reader) {
  const lines = [];
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at];
    if (line.trim() === '' || (lines.length > 0 && interrupts(line))) {
      break;
    }
    if (lines.length > 0 && startsTable(reader) && reader.lines[reader.at + 1] !== undefined) {
      break;
    }
    lines.push(line.trimStart());
    reader.at++;
  }
  return h('p', null, inline(lines.join('\n').trimEnd(), isOpen(reader)));
}
