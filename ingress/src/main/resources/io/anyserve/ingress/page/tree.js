// The messages of a conversation: a tree, of which one path is shown. Pure functions on {messages, current}.

export function emptyTree() {
  return { messages: new Map(), current: null };
}

export function treeOf(messages, current) {
  return { messages: new Map(messages.map((message) => [message.id, message])), current: current ?? null };
}

/** With a message, or with another state of it. */
export function withMessage(tree, message) {
  return { ...tree, messages: new Map(tree.messages).set(message.id, { ...tree.messages.get(message.id), ...message }) };
}

export function withCurrent(tree, current) {
  return { ...tree, current };
}

/** From the first message to the current one. */
export function path(tree) {
  const messages = [];
  const met = new Set();
  for (let at = tree.messages.get(tree.current); at && !met.has(at.id); at = tree.messages.get(at.parent)) {
    met.add(at.id);
    messages.unshift(at);
  }
  return messages;
}

/** The versions of a message, itself included, oldest first. */
export function siblings(tree, message) {
  return children(tree, message.parent ?? null).filter((other) => other.role === message.role);
}

function children(tree, parent) {
  return [...tree.messages.values()].filter((message) => (message.parent ?? null) === parent).sort(byAge);
}

function byAge(one, other) {
  return (one.created ?? 0) - (other.created ?? 0) || (one.id < other.id ? -1 : 1);
}

/** The newest end of the branch of a message. */
export function leaf(tree, id) {
  let at = id;
  for (let next = children(tree, at).at(-1); next; next = children(tree, at).at(-1)) {
    at = next.id;
  }
  return at;
}

/** The last message of the user on the path, or null. */
export function lastQuestion(tree) {
  return path(tree).findLast((message) => message.role === 'user') ?? null;
}
