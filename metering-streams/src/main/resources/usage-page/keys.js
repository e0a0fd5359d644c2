// Keyboard shortcuts of the page, which leave typing and dialogs alone.
import {useEffect} from 'preact/hooks';

/** @param actions from a key to what it does */
export function useShortcuts(actions) {
  useEffect(() => {
    const press = event => {
      const elsewhere = event.target.closest('input, select, textarea, dialog') || event.ctrlKey || event.metaKey || event.altKey;
      if (!elsewhere && actions[event.key]) {
        event.preventDefault();
        actions[event.key]();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}
