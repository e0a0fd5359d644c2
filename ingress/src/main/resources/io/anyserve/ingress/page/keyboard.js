// Keys that work everywhere on the page. Those of a field are where the field is.

export const KEYS = [
  ['Enter', 'Send the message'],
  ['Shift + Enter', 'New line'],
  ['Esc', 'Stop the answer, or close what is open'],
  ['Ctrl + Enter', 'Another answer to the last message'],
  ['/', 'Go to the message field'],
  ['Ctrl + Shift + O', 'New chat']];

export function listenToKeys(chat) {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) {
      return;
    }
    if (handled(chat, event)) {
      event.preventDefault();
    }
  });
}

function handled(chat, event) {
  const command = event.ctrlKey || event.metaKey;
  if (event.key === 'Escape') {
    return escaped(chat);
  }
  if (command && event.key === 'Enter') {
    chat.regenerate();
    return true;
  }
  if (command && event.shiftKey && event.key.toLowerCase() === 'o') {
    location.hash = '';
    return true;
  }
  if (event.key === '/' && !command && !event.target.closest('input, textarea, select')) {
    document.getElementById('message')?.focus();
    return true;
  }
  return false;
}

function escaped(chat) {
  if (chat.sidebar) {
    chat.sidebar = false;
    chat.changed();
    return true;
  }
  if (chat.current) {
    chat.stop();
    return true;
  }
  return false;
}
