// The call of an operation as code, with the example of its description.

export const LANGUAGES = [
  { id: 'curl', name: 'curl', code: 'bash' },
  { id: 'python', name: 'Python', code: 'python' },
  { id: 'javascript', name: 'JavaScript', code: 'javascript' },
  { id: 'java', name: 'Java', code: 'java' }];

const WRITERS = { curl, python, javascript, java };

/**
 * @param origin of the server
 */
export function sample(language, operation, origin) {
  const headers = {};
  if (operation.security.length > 0) {
    headers.Authorization = KEY;
  }
  const body = operation.requestBody?.content?.['application/json']?.example;
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'header' && parameter.required) {
      headers[parameter.name] = parameter.name.toUpperCase().replaceAll('-', '_');
    }
  }
  const call = { method: operation.method, url: origin + pathOf(operation), headers, body };
  return (WRITERS[language] ?? curl)(call);
}

/** Each language reads the key from the environment. */
const KEY = Symbol('key');

function pathOf(operation) {
  return operation.path.replace(/\{(\w+)\}/g, (whole, name) => {
    const parameter = (operation.parameters ?? []).find((each) => each.name === name);
    return parameter?.schema.examples?.[0] ?? name.toUpperCase();
  });
}

function curl({ method, url, headers, body }) {
  const parts = [method === 'GET' ? `curl ${url}` : method === 'HEAD' ? `curl -I ${url}` : method === 'POST' && body !== undefined ? `curl ${url}` : `curl -X ${method} ${url}`];
  for (const [name, value] of Object.entries(headers)) {
    parts.push(value === KEY ? `-H "${name}: Bearer $KEY"` : `-H "${name}: ${value}"`);
  }
  if (body !== undefined) {
    parts.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return parts.join(' \\\n  ');
}

function python({ method, url, headers, body }) {
  const keyed = Object.values(headers).includes(KEY);
  const lines = [...(keyed ? ['import os', ''] : []), 'import requests', '', `response = requests.${method.toLowerCase()}(`, `    "${url}",`];
  const written = Object.entries(headers).filter(([name]) => name !== 'Content-Type')
    .map(([name, value]) => (value === KEY ? `"${name}": f"Bearer {os.environ['KEY']}"` : `"${name}": "${value}"`));
  if (written.length > 0) {
    lines.push(`    headers={${written.join(', ')}},`);
  }
  if (body !== undefined) {
    lines.push(`    json=${indented(pythonLiteral(body, 0), 4)},`);
  }
  return [...lines, ')', 'response.raise_for_status()', 'print(response.text)'].join('\n');
}

function pythonLiteral(value, depth) {
  const pad = '    '.repeat(depth + 1);
  const end = '    '.repeat(depth);
  if (Array.isArray(value)) {
    return value.every((each) => typeof each !== 'object') ? `[${value.map((each) => pythonLiteral(each, 0)).join(', ')}]`
      : `[\n${value.map((each) => `${pad}${pythonLiteral(each, depth + 1)},\n`).join('')}${end}]`;
  }
  if (value !== null && typeof value === 'object') {
    return `{\n${Object.entries(value).map(([name, each]) => `${pad}${JSON.stringify(name)}: ${pythonLiteral(each, depth + 1)},\n`).join('')}${end}}`;
  }
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : JSON.stringify(value);
}

function javascript({ method, url, headers, body }) {
  const lines = [`const response = await fetch('${url}', {`, `  method: '${method}',`];
  const written = Object.entries(headers).map(([name, value]) => `    '${name}': ${value === KEY ? '`Bearer ${process.env.KEY}`' : `'${value}'`},`);
  if (written.length > 0) {
    lines.push('  headers: {', ...written, '  },');
  }
  if (body !== undefined) {
    lines.push(`  body: JSON.stringify(${indented(JSON.stringify(body, null, 2), 2)}),`);
  }
  return [...lines, '});', 'console.log(response.status, await response.text());'].join('\n');
}

function java({ method, url, headers, body }) {
  const lines = ['import java.net.URI;', 'import java.net.http.*;', '', 'void main() throws Exception {', `    var request = HttpRequest.newBuilder(URI.create("${url}"))`];
  for (const [name, value] of Object.entries(headers)) {
    lines.push(`        .header("${name}", ${value === KEY ? '"Bearer " + System.getenv("KEY")' : `"${value}"`})`);
  }
  const publisher = body === undefined ? 'HttpRequest.BodyPublishers.noBody()'
    : `HttpRequest.BodyPublishers.ofString("""\n            ${indented(JSON.stringify(body, null, 2), 12)}\n            """)`;
  return [...lines,
    `        .method("${method}", ${publisher})`,
    '        .build();',
    '    try (var client = HttpClient.newHttpClient()) {',
    '        IO.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());',
    '    }',
    '}'].join('\n');
}

/** All lines but the first. */
function indented(text, spaces) {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
