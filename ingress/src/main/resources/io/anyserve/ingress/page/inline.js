// The inline part of Markdown as a view: emphasis, code, links. It follows CommonMark's delimiter stack, so its time
// grows with the length of the text and not with the nesting that the text claims.

import { h, isSafe } from './view.js';

const PUNCTUATION = /[\p{P}\p{S}]/u;
const SPACE = /\s/;
const ADDRESS = /^(https?:\/\/|mailto:)/i;
const BARE = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const MOST_DEPTH = 12;
const MOST_ADDRESS = 2000;

/**
 * The view of a text.
 *
 * @param open the text is still being written: what it has opened and not closed counts as closed at its end
 */
export function inline(text, open = false) {
  return emphasis(tokens(text, open), open);
}

/** A flat list of texts, finished views, and delimiter runs. */
function tokens(text, open) {
  const list = [];
  const brackets = [];
  const missing = new Set();
  let plain = '';
  const flush = () => {
    if (plain) {
      list.push(...autolinked(plain));
      plain = '';
    }
  };
  for (let i = 0; i < text.length;) {
    const c = text[i];
    if (c === '\\' && i + 1 < text.length) {
      const next = text[i + 1];
      if (next === '\n') {
        flush();
        list.push(h('br'));
      } else {
        plain += PUNCTUATION.test(next) ? next : c + next;
      }
      i += 2;
    } else if (c === '`') {
      const span = codeSpan(text, i, missing, open);
      if (span.view) {
        flush();
        list.push(span.view);
      } else {
        plain += span.text;
      }
      i = span.end;
    } else if (c === '*' || c === '_' || c === '~') {
      const run = delimiters(text, i);
      if (run.text) {
        plain += run.text;
      } else {
        flush();
        list.push(run.delimiter);
      }
      i = run.end;
    } else if (c === '[' || (c === '!' && text[i + 1] === '[')) {
      flush();
      const image = c === '!';
      list.push({ bracket: true, text: image ? '![' : '[', image });
      brackets.push(list.length - 1);
      i += image ? 2 : 1;
    } else if (c === ']' && brackets.length > 0) {
      flush();
      const from = brackets.pop();
      const target = destination(text, i + 1, open);
      if (target) {
        const inner = list.splice(from).slice(1);
        list.push(link(inner, target.address, open));
        i = target.end;
      } else {
        list.push(']');
        i++;
      }
    } else if (c === '<') {
      const end = missing.has(c) ? -1 : text.indexOf('>', i);
      const address = end > 0 && end - i < MOST_ADDRESS ? text.slice(i + 1, end) : '';
      if (end < 0) {
        missing.add(c);
      }
      if (ADDRESS.test(address) && !SPACE.test(address)) {
        flush();
        list.push(anchor(address, [address]));
        i = end + 1;
      } else {
        plain += c;
        i++;
      }
    } else if (c === '\n') {
      if (text.startsWith('  ', i - 2)) {
        flush();
        list.push(h('br'));
      } else {
        plain += '\n';
      }
      i++;
    } else {
      plain += c;
      i++;
    }
  }
  flush();
  return list;
}

/** Texts between backticks of the same number. What was searched for in vain is not searched for again. */
function codeSpan(text, from, missing, open) {
  let width = 1;
  while (text[from + width] === '`') {
    width++;
  }
  const ticks = '`'.repeat(width);
  let end = missing.has(width) ? -1 : text.indexOf(ticks, from + width);
  while (end >= 0 && (text[end + width] === '`' || text[end - 1] === '`')) {
    let after = end + width;
    while (text[after] === '`') {
      after++;
    }
    end = text.indexOf(ticks, after);
  }
  if (end < 0) {
    missing.add(width);
    const rest = text.slice(from + width);
    return open && width < 3 && rest.trim() && !rest.includes('\n')
      ? { view: h('code', null, rest), end: text.length }
      : { text: open && !rest ? '' : ticks, end: from + width };
  }
  const content = text.slice(from + width, end).replaceAll('\n', ' ');
  const padded = content.startsWith(' ') && content.endsWith(' ') && content.trim();
  return { view: h('code', null, padded ? content.slice(1, -1) : content), end: end + width };
}

function delimiters(text, from) {
  const c = text[from];
  let end = from + 1;
  while (text[end] === c) {
    end++;
  }
  const before = from === 0 ? ' ' : text[from - 1];
  const after = end === text.length ? ' ' : text[end];
  const left = !SPACE.test(after) && (!PUNCTUATION.test(after) || SPACE.test(before) || PUNCTUATION.test(before));
  const right = !SPACE.test(before) && (!PUNCTUATION.test(before) || SPACE.test(after) || PUNCTUATION.test(after));
  const word = c === '_';
  const opens = left && (!word || !right || PUNCTUATION.test(before));
  const closes = right && (!word || !left || PUNCTUATION.test(after));
  const count = end - from;
  const atEnd = end === text.length;
  if ((!opens && !closes && !atEnd) || (c === '~' && count !== 2)) {
    return { text: text.slice(from, end), end };
  }
  return { delimiter: { c, count, original: count, opens, closes, atEnd }, end };
}

/** `(address "title")` behind a link's text. */
function destination(text, from, open) {
  if (text[from] !== '(') {
    return null;
  }
  const end = closing(text, from);
  const inner = text.slice(from + 1, end < 0 ? text.length : end);
  if (inner.length > MOST_ADDRESS || inner.includes('\n')) {
    return null;
  }
  if (end < 0) {
    return open ? { address: '', end: text.length } : null;
  }
  const match = /^\s*<?([^\s<>]*)>?(?:\s+["'(].*)?\s*$/.exec(inner);
  return match ? { address: match[1], end: end + 1 } : null;
}

/** The bracket that closes the one there; -1 where none does soon. */
function closing(text, from) {
  let depth = 0;
  for (let i = from; i < text.length && i < from + MOST_ADDRESS; i++) {
    if (text[i] === '(') {
      depth++;
    } else if (text[i] === ')' && --depth === 0) {
      return i;
    }
  }
  return -1;
}

/** Pictures are not loaded from elsewhere: they become links with their description. */
function link(inner, address, open) {
  const children = emphasis(inner, open);
  return children.some((child) => child.tag === 'a')
    ? h('span', null, children)
    : anchor(address, children.length > 0 ? children : [address]);
}

function anchor(address, children) {
  return ADDRESS.test(address) && isSafe(address)
    ? h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, children)
    : h('span', null, children);
}

function autolinked(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(BARE)) {
    const address = withoutPunctuation(match[0]);
    if (match.index > at) {
      parts.push(text.slice(at, match.index));
    }
    parts.push(anchor(address, [address]));
    at = match.index + address.length;
  }
  if (at < text.length) {
    parts.push(text.slice(at));
  }
  return parts;
}

/** A sentence's own punctuation does not belong to the address in it. */
function withoutPunctuation(address) {
  let end = address.length;
  while ('.,:;!?)]}*_~'.includes(address[end - 1])) {
    end--;
  }
  return address.slice(0, end);
}

/** Pairs the delimiter runs, closing run by closing run, each with the nearest opening run that fits. */
function emphasis(list, open) {
  const out = [];
  const bottoms = new Map();
  for (const token of list) {
    if (!token.c) {
      out.push(token.bracket ? token.text : token);
      continue;
    }
    const run = { ...token };
    while (run.closes && run.count > 0) {
      const kind = run.c + (run.original % 3) + run.opens;
      const at = opener(out, run, Math.max(bottoms.get(kind) ?? 0, bottoms.get('all') ?? 0));
      if (at < 0) {
        bottoms.set(kind, out.length);
        break;
      }
      if (!wrap(out, at, Math.min(2, out[at].count, run.count), run)) {
        bottoms.set('all', out.length);
        break;
      }
      lower(bottoms, out.length);
    }
    if (run.count > 0) {
      out.push(run);
    }
  }
  return closed(out, open).map((item) => (item.c ? text(item, open) : item));
}

function lower(bottoms, length) {
  for (const [kind, bottom] of bottoms) {
    if (bottom > length) {
      bottoms.set(kind, length);
    }
  }
}

function opener(out, run, bottom) {
  for (let i = out.length - 1; i >= bottom; i--) {
    const other = out[i];
    if (other.c === run.c && other.opens && fits(other, run)) {
      return i;
    }
  }
  return -1;
}

function fits(one, other) {
  const either = (one.opens && one.closes) || (other.opens && other.closes);
  return !either || (one.original + other.original) % 3 !== 0 || (one.original % 3 === 0 && other.original % 3 === 0);
}

/** False, and nothing is changed, where that would nest too deep. */
function wrap(out, at, width, run) {
  let depth = 1;
  for (let i = at + 1; i < out.length; i++) {
    depth = Math.max(depth, (out[i].depth ?? 0) + 1);
  }
  if (depth > MOST_DEPTH) {
    return false;
  }
  const start = out[at];
  const inner = out.splice(at + 1).map((item) => (item.c ? item.c.repeat(item.count) : item));
  start.count -= width;
  run.count -= width;
  if (start.count === 0) {
    out.pop();
  }
  out.push({ ...h(tag(run.c, width), null, inner), depth });
  return true;
}

function tag(c, width) {
  if (c === '~') {
    return 'del';
  }
  return width === 2 ? 'strong' : 'em';
}

/** While the text is written, the last runs that open hold to its end. */
function closed(out, open) {
  let left = open ? MOST_DEPTH : 0;
  for (let i = out.length - 2; i >= 0 && left > 0; i--) {
    const run = out[i];
    if (run.c && run.opens && !run.atEnd && (run.c !== '_' || run.count === 2)) {
      left--;
      wrap(out, i, Math.min(2, run.count), { c: run.c, count: 2 });
    }
  }
  return out;
}

function text(run, open) {
  return open && run.atEnd ? '' : run.c.repeat(run.count);
}
