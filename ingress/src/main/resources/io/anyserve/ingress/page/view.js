// The one place that makes elements. A view is a tree of plain objects from h(); patch() makes a parent's children
// equal to it and keeps every element that stays, so focus, selection and scroll positions survive. Text is only ever
// a text node: nothing is parsed as HTML, and tags, attributes and addresses outside these lists are refused.

const SVG = new Set(['svg', 'path', 'circle', 'rect', 'line', 'polyline']);
const TAGS = new Set([
  ...SVG, 'a', 'article', 'aside', 'blockquote', 'br', 'button', 'code', 'dd', 'del', 'details', 'dialog', 'div', 'dl',
  'dt', 'em', 'fieldset', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'input', 'kbd',
  'label', 'legend', 'li', 'main', 'nav', 'ol', 'optgroup', 'option', 'p', 'pre', 'section', 'select', 'small', 'span',
  'strong', 'summary', 'table', 'tbody', 'td', 'textarea', 'th', 'thead', 'time', 'tr', 'ul', 'output']);
const ATTRIBUTES = new Set([
  'align', 'autocomplete', 'autofocus', 'class', 'cols', 'colspan', 'cx', 'cy', 'd', 'datetime', 'download', 'enterkeyhint', 'fill',
  'for', 'height', 'href', 'id', 'inputmode', 'lang', 'max', 'maxlength', 'method', 'min', 'name', 'placeholder',
  'points', 'r', 'rel', 'role', 'rows', 'rx', 'scope', 'size', 'spellcheck', 'start', 'step', 'stroke', 'stroke-linecap',
  'stroke-linejoin', 'stroke-width', 'tabindex', 'target', 'title', 'type', 'viewBox', 'width', 'x', 'x1', 'x2', 'y',
  'y1', 'y2']);
const PROPERTIES = new Set(['checked', 'disabled', 'hidden', 'inert', 'open', 'readOnly', 'required', 'selected', 'value']);

const known = new WeakMap();

/** A view of an element. Children that are null or false are left out. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: children.flat(Infinity).filter(isShown) };
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== '';
}

/** Makes the children of an element equal to the views. */
export function patch(parent, views) {
  const nodes = matching(parent, views);
  const kept = new Set(nodes);
  for (const node of [...parent.childNodes]) {
    if (!kept.has(node)) {
      node.remove();
    }
  }
  let at = parent.firstChild;
  views.forEach((view, i) => {
    const node = nodes[i] ?? create(view);
    if (node === at) {
      at = at.nextSibling;
    } else {
      parent.insertBefore(node, at);
    }
    update(node, view);
  });
}

/** For each view the child that it can reuse, or null. */
function matching(parent, views) {
  const keyed = new Map();
  const others = [];
  for (const node of parent.childNodes) {
    const key = known.get(node)?.key;
    if (key === undefined) {
      others.push(node);
    } else {
      keyed.set(key, node);
    }
  }
  let next = 0;
  return views.map((view) => {
    const node = view.key === undefined ? others[next++] : keyed.get(view.key);
    return node && isSame(node, view) ? node : null;
  });
}

function isSame(node, view) {
  return typeof view === 'object'
    ? node.nodeType === Node.ELEMENT_NODE && node.localName === view.tag && known.get(node)?.key === view.key
    : node.nodeType === Node.TEXT_NODE;
}

function create(view) {
  if (typeof view !== 'object') {
    return document.createTextNode(view);
  }
  if (!TAGS.has(view.tag)) {
    throw new Error(`tag: ${view.tag} (expected: a tag of view.js)`);
  }
  return SVG.has(view.tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', view.tag)
    : document.createElement(view.tag);
}

function update(node, view) {
  if (typeof view !== 'object') {
    const text = String(view);
    if (node.data !== text) {
      node.data = text;
    }
    return;
  }
  const before = known.get(node);
  if (before === view) {
    return;
  }
  known.set(node, view);
  attributes(node, before?.props ?? {}, view.props);
  patch(node, view.children);
  if (!before) {
    view.props.ref?.(node);
  }
}

function attributes(node, before, props) {
  for (const name of Object.keys(before)) {
    if (!(name in props)) {
      set(node, name, undefined);
    }
  }
  for (const [name, value] of Object.entries(props)) {
    if (before[name] !== value || PROPERTIES.has(name)) {
      set(node, name, value);
    }
  }
}

function set(node, name, value) {
  if (name === 'key' || name === 'ref') {
    return;
  }
  if (name.startsWith('on')) {
    node[name] = typeof value === 'function' ? value : null;
  } else if (PROPERTIES.has(name)) {
    property(node, name, value);
  } else if (ATTRIBUTES.has(name) || /^(aria|data)-[a-z-]+$/.test(name)) {
    attribute(node, name, value);
  } else {
    throw new Error(`attribute: ${name} (expected: an attribute of view.js)`);
  }
}

function property(node, name, value) {
  const wanted = name === 'value' ? String(value ?? '') : Boolean(value);
  if (node[name] !== wanted) {
    node[name] = wanted;
  }
}

function attribute(node, name, value) {
  if (value === undefined || value === null || value === false || (name === 'href' && !isSafe(String(value)))) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Addresses that may be opened: pages, mail, this server's own paths, and files made here. */
export function isSafe(address) {
  return /^(https?:\/\/|mailto:|\/(?!\/)|#|blob:)/i.test(address.trim()) && !/[\u0000-\u001f]/.test(address);
}
