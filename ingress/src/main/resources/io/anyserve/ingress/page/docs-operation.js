// One operation: what it takes, what it answers, and the same call in four languages.

import { codeBlock } from './code-block.js';
import { LANGUAGES, sample } from './docs-examples.js';
import { limits, resolved, typeOf } from './docs-model.js';
import { schemaLink, schemaView } from './docs-schema.js';
import { inline } from './inline.js';
import { markdown } from './markdown.js';
import { h } from './view.js';

export function operationView(docs, operation) {
  const body = operation.requestBody?.content?.['application/json'];
  return h('article', { key: operation.id, class: 'docs-operation' },
    h('h1', { tabindex: -1 }, operation.summary),
    h('p', { class: 'docs-path' }, badge(operation), h('code', null, operation.path)),
    h('div', { class: 'prose' }, markdown(operation.description ?? '')),
    h('p', { class: 'docs-quiet' }, operation.security.length === 0 ? 'Needs no key.' : h('span', null, 'Needs a key with the scope ', h('code', null, operation['x-scope']), ' where any key exists.')),
    example(docs, operation),
    (operation.parameters ?? []).length > 0 && section('Parameters', parameters(operation.parameters)),
    body && section('Body', schemaView(docs.api, body.schema, 0)),
    section('Answers', Object.entries(operation.responses).map(([status, answer]) => response(docs.api, status, resolved(docs.api, answer)))));
}

export function badge(operation) {
  const method = operation.method ?? 'WS';
  return h('span', { class: `method method-${method.toLowerCase()}` }, method);
}

export function socketView(docs, socket) {
  return h('article', { key: socket.id, class: 'docs-operation' },
    h('h1', { tabindex: -1 }, socket.summary),
    h('p', { class: 'docs-path' }, badge(socket), h('code', null, socket.path)),
    h('div', { class: 'prose' }, markdown(socket.description)),
    h('p', { class: 'docs-quiet' }, 'Subprotocol ', h('code', null, socket.subprotocol)),
    section('The client sends', frames(docs.api, socket.client)),
    section('The server sends', frames(docs.api, socket.server)));
}

function frames(api, schemas) {
  return schemas.map((schema) => h('div', { class: 'docs-frame' },
    h('h3', null, h('code', null, schema.properties.type.const)),
    h('p', { class: 'docs-quiet' }, inline(schema.description ?? '')),
    schemaView(api, { ...schema, description: undefined }, 0)));
}

function section(title, content) {
  return h('section', { key: title, class: 'docs-part' }, h('h2', null, title), content);
}

function example(docs, operation) {
  return h('section', { key: 'example', class: 'docs-example' },
    h('h2', { class: 'unseen' }, 'Example'),
    h('div', { class: 'docs-languages', role: 'group', 'aria-label': 'Language' },
      LANGUAGES.map((language) => h('button', { key: language.id, type: 'button', 'aria-pressed': String(language.id === docs.language), onclick: () => docs.choose(language.id) }, language.name))),
    codeBlock(sample(docs.language, operation, location.origin), LANGUAGES.find((each) => each.id === docs.language)?.code ?? 'bash'));
}

function parameters(all) {
  return h('ul', { class: 'docs-properties' }, all.map((parameter) => h('li', { key: `${parameter.in} ${parameter.name}` },
    h('p', { class: 'docs-head' },
      h('code', null, parameter.name),
      h('span', { class: 'docs-type' }, `${parameter.in}, ${typeOf(parameter.schema)}`),
      parameter.required && h('span', { class: 'docs-required' }, 'required')),
    h('p', { class: 'docs-says' }, inline(parameter.description ?? '')),
    limits(parameter.schema).length > 0 && h('p', { class: 'docs-limits' }, limits(parameter.schema).join('; ')))));
}

function response(api, status, answer) {
  const contents = Object.entries(answer.content ?? {});
  const failed = Number(status) >= 400;
  return h('details', { key: status, class: 'docs-answer', open: status === '200' },
    h('summary', null, h('span', { class: failed ? 'status failed-status' : 'status' }, status), h('span', null, inline(answer.description))),
    contents.map(([type, content]) => h('div', { key: type, class: 'docs-content' },
      h('p', { class: 'docs-head' }, h('code', null, type), content['x-event-schema'] && h('span', { class: 'docs-type' }, 'each event: ', schemaLink(content['x-event-schema']))),
      content.schema && !content['x-event-schema'] && schemaView(api, content.schema, 0),
      content.example !== undefined && codeBlock(text(content.example), typeof content.example === 'string' ? 'text' : 'json'))),
    answer.headers && h('p', { key: 'headers', class: 'docs-limits' }, 'Headers: ', Object.keys(answer.headers).join(', ')));
}

function text(example) {
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}
