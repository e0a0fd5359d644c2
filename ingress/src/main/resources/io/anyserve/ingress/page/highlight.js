// Colours for code: comments, strings, numbers, keywords, names that are called. Every pattern is linear.

import { h } from './view.js';

const MOST = 60_000;
const words = (text) => new Set(text.split(' '));

const C_LIKE = words('abstract as async await break case catch class const constexpr continue default delete do else enum export extends extern final finally fn for from func function go goto if impl implements import in instanceof interface internal is let loop match mod module mut namespace new of operator override package private protected pub public readonly record ref return sealed select self static struct super switch template this throw throws trait try type typedef typename union unsafe use using val var virtual void volatile when where while with yield boolean byte char double float int long short string String bool i32 i64 u8 u32 u64 f32 f64 usize true false null nil undefined None Some');
const PYTHON = words('and as assert async await break class continue def del elif else except finally for from global if import in is lambda match case nonlocal not or pass raise return try while with yield True False None self');
const SHELL = words('if then else elif fi for in do done while until case esac function return export local set unset source exit cd echo');
const SQL = words('select from where and or not in is null as join left right inner outer full on group by order having limit offset insert into values update set delete create table view index drop alter primary key foreign references distinct union all case when then else end with exists between like count sum avg min max');
const NONE = new Set();

const STRING = `"(?:[^"\\\\\\n]|\\\\.)*"?|'(?:[^'\\\\\\n]|\\\\.)*'?`;
const NUMBER = '\\b(?:0[xX][0-9a-fA-F_]+|\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)[a-zA-Z]?\\b';
const NAME = '[A-Za-z_$][\\w$]*';

function language(comment, string, keywords, insensitive = false) {
  return { pattern: new RegExp(`(${comment})|(${string})|(${NUMBER})|(${NAME})`, 'gs'), keywords, insensitive };
}

const SLASHES = '//[^\\n]*|/\\*(?:[^*]|\\*(?!/))*(?:\\*/)?';
const HASH = '#[^\\n]*';
const c = language(SLASHES, `\`(?:[^\`\\\\]|\\\\.)*\`?|${STRING}`, C_LIKE);
const python = language(HASH, `"""(?:[^"]|"(?!""))*(?:""")?|${STRING}`, PYTHON);
const shell = language(HASH, STRING, SHELL);
const sql = language('--[^\\n]*', STRING, SQL, true);
const data = language(HASH, STRING, words('true false null yes no on off'));
const json = language('(?!)', STRING, words('true false null'));
const css = language('/\\*(?:[^*]|\\*(?!/))*(?:\\*/)?', STRING, NONE);

const LANGUAGES = {
  js: c, javascript: c, jsx: c, ts: c, tsx: c, typescript: c, java: c, c, h: c, cpp: c, 'c++': c, cs: c, csharp: c, go: c, rust: c, rs: c,
  kotlin: c, kt: c, swift: c, scala: c, php: c, proto: c, py: python, python, sh: shell, bash: shell, shell, zsh: shell, console: shell, sql,
  yaml: data, yml: data, toml: data, ini: data, json, css };

const MARKUP = /(<!--(?:[^-]|-(?!->))*(?:-->)?)|(<\/?)([A-Za-z][\w:-]*)|("[^"\n]*"|'[^'\n]*')/g;

/** The code as texts and spans with a class for each colour. */
export function highlight(code, name) {
  if (code.length > MOST) {
    return [code];
  }
  if (name === 'html' || name === 'xml' || name === 'svg') {
    return spans(code, MARKUP, ([whole, comment, bracket, tag, string]) =>
      comment ? [colour('comment', whole)] : tag ? [bracket, colour('keyword', tag)] : [colour('string', string)]);
  }
  if (name === 'diff') {
    return code.split('\n').flatMap((line, i) => [i ? '\n' : '', line.startsWith('+') ? colour('string', line) : line.startsWith('-') ? colour('removed', line) : line]);
  }
  const rules = LANGUAGES[name];
  return rules ? spans(code, rules.pattern, (match) => [token(code, match, rules)]) : [code];
}

function token(code, match, rules) {
  const [whole, comment, string, number] = match;
  if (comment) {
    return colour('comment', whole);
  }
  if (string) {
    return colour('string', whole);
  }
  if (number) {
    return colour('number', whole);
  }
  if (rules.keywords.has(rules.insensitive ? whole.toLowerCase() : whole)) {
    return colour('keyword', whole);
  }
  return code[match.index + whole.length] === '(' ? colour('call', whole) : whole;
}

function spans(code, pattern, view) {
  const out = [];
  let at = 0;
  for (const match of code.matchAll(pattern)) {
    out.push(code.slice(at, match.index), ...view(match));
    at = match.index + match[0].length;
  }
  out.push(code.slice(at));
  return out;
}

function colour(kind, text) {
  return h('span', { class: `c-${kind}` }, text);
}
