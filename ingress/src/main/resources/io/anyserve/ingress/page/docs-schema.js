// A schema as a list of properties. What a property is made of can be opened in its place.

import { codeBlock } from './code-block.js';
import { component, limits, parts, resolved, typeOf } from './docs-model.js';
import { inline } from './inline.js';
import { h } from './view.js';

const DEEPEST = 4;

export function schemaPage(docs, name) {
  const schema = docs.api.components.schemas[name];
  return h('article', { key: `schema/${name}`, class: 'docs-operation' },
    h('h1', { tabindex: -1 }, name),
    schemaView(docs.api, schema, 0),
    h('details', { class: 'docs-answer' }, h('summary', null, 'JSON Schema'), codeBlock(JSON.stringify(schema, null, 2), 'json')));
}

export function schemaLink(schema) {
  const name = component(schema);
  return name ? h('a', { href: `#schema/${name}` }, name) : typeOf(schema);
}

export function schemaView(api, given, depth) {
  const schema = resolved(api, given);
  const choices = schema.properties ? [] : schema.anyOf ?? schema.oneOf ?? [];
  return h('div', { class: 'docs-schema' },
    h('p', { class: 'docs-says' }, component(given) && h('span', { class: 'docs-type' }, schemaLink(given), ' '), inline(schema.description ?? '')),
    schema.properties && propertyList(api, schema, depth),
    choices.map((choice) => (choice.properties || choice.$ref ? schemaView(api, choice, depth) : h('p', { class: 'docs-type' }, [typeOf(choice), ...limits(choice)].join('; ')))),
    !schema.properties && choices.length === 0 && h('p', { class: 'docs-type' }, [typeOf(schema), ...limits(schema)].join('; ')));
}

/** What is offered first, then what has no effect or is refused. */
function propertyList(api, schema, depth) {
  const required = new Set(schema.required ?? []);
  const all = Object.entries(schema.properties);
  const offered = all.filter(([, property]) => !isIdle(property));
  const idle = all.filter(([, property]) => isIdle(property));
  return h('div', null,
    h('ul', { class: 'docs-properties' }, offered.map(([name, property]) => propertyView(api, name, property, required.has(name), depth))),
    idle.length > 0 && h('details', { key: 'idle', class: 'docs-more' },
      h('summary', null, `${idle.length} without effect, or not offered`),
      h('ul', { class: 'docs-properties' }, idle.map(([name, property]) => propertyView(api, name, property, false, depth)))));
}

function isIdle(property) {
  return /^(Accepted, and changes nothing|Not offered)/.test(property.description ?? '');
}

function propertyView(api, name, property, required, depth) {
  const inner = depth < DEEPEST ? parts(property) : [];
  return h('li', { key: name },
    h('p', { class: 'docs-head' },
      h('code', null, name),
      h('span', { class: 'docs-type' }, typeOf(property)),
      required && h('span', { class: 'docs-required' }, 'required')),
    property.description && h('p', { class: 'docs-says' }, inline(property.description)),
    limits(property).length > 0 && h('p', { class: 'docs-limits' }, limits(property).join('; ')),
    inner.map((part, i) => h('details', { key: `part ${i}`, class: 'docs-more' },
      h('summary', null, component(part) || 'Its properties'),
      schemaView(api, part, depth + 1))));
}
