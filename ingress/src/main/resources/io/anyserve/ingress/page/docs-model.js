// Reads an OpenAPI document: its operations in the order of their groups, and what a schema says in words.

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];

/** Paths that mean the same come once. */
export function operations(api) {
  const all = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS) {
      if (item[method] && !item[method]['x-alias-of']) {
        all.push({ ...item[method], path, method: method.toUpperCase(), id: item[method].operationId, tag: item[method].tags[0] });
      }
    }
  }
  const tags = api.tags.map((tag) => tag.name);
  return all.sort((one, other) => tags.indexOf(one.tag) - tags.indexOf(other.tag));
}

export function sockets(api) {
  return Object.entries(api['x-websockets'] ?? {}).map(([path, socket]) => ({ ...socket, path, id: `websocket${path}` }));
}

/** Whether every word of a filter is in the operation. */
export function matches(operation, filter) {
  const text = `${operation.method ?? 'websocket'} ${operation.path} ${operation.summary} ${operation.tag ?? ''}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** What a `$ref` names, or the object itself. */
export function resolved(api, object) {
  return object?.$ref ? object.$ref.slice(2).split('/').reduce((at, name) => at?.[name.replaceAll('~1', '/')], api) : object;
}

/** The name of a schema of the components, or nothing. */
export function component(schema) {
  return /^#\/components\/schemas\/(.+)$/.exec(schema?.$ref ?? '')?.[1] ?? '';
}

/** The type of a schema in a few words. */
export function typeOf(schema) {
  if (schema.$ref) {
    return component(schema);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    return [...new Set(choices.map(typeOf))].join(' or ');
  }
  if ('const' in schema) {
    return JSON.stringify(schema.const);
  }
  const types = [schema.type ?? []].flat();
  const named = types.map((type) => (type === 'array' && schema.items ? `array of ${typeOf(schema.items)}` : type));
  return named.join(' or ') || (schema.enum ? 'one of' : 'anything');
}

/** Bounds, values and the default. */
export function limits(schema) {
  const said = [];
  const range = (least, most, unit) => {
    if (least !== undefined && most !== undefined) {
      said.push(`${least} to ${most}${unit}`);
    } else if (least !== undefined) {
      said.push(`at least ${least}${unit}`);
    } else if (most !== undefined) {
      said.push(`at most ${most}${unit}`);
    }
  };
  if (schema.format !== 'int64') {
    range(schema.minimum, schema.maximum, '');
  }
  if (schema.exclusiveMinimum !== undefined) {
    said.push(`above ${schema.exclusiveMinimum}`);
  }
  range(schema.minLength, schema.maxLength, ' characters');
  range(schema.minItems, schema.maxItems, ' items');
  range(schema.minProperties, schema.maxProperties, ' properties');
  if (schema.enum) {
    said.push(schema.enum.map((value) => JSON.stringify(value)).join(', '));
  }
  if (schema.default !== undefined) {
    said.push(`default ${JSON.stringify(schema.default)}`);
  }
  return said;
}

/** The schemas that a property is made of and that have properties of their own. */
export function parts(schema) {
  if (schema.$ref) {
    return [schema];
  }
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])];
  return schema.properties ? [schema] : inner.flatMap(parts);
}
