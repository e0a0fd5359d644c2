// Copies text and says so on the button that was pressed.

const SHOWN_MS = 1600;

export async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
  button.dataset.copied = 'yes';
  button.ownerDocument.getElementById('spoken').textContent = 'Copied';
  setTimeout(() => delete button.dataset.copied, SHOWN_MS);
}

/** Where the page is not served over TLS or from this machine, browsers have no clipboard API. */
function copyBySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}
