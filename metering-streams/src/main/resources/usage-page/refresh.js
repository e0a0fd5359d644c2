// When the page asks again by itself: only while it is looked at, and only after something was used.
import {useEffect, useRef, useState} from 'preact/hooks';

const EVERY_MS = {minute: 10_000, hour: 60_000, day: 300_000};

/**
 * @param changes a number that grows whenever something was used
 * @return the time the page shows, how often it was refreshed, and a function that refreshes
 */
export function useRefresh(size, rolling, changes) {
  const [shown, setShown] = useState({now: Date.now(), turn: 0});
  const refresh = () => setShown(({turn}) => ({now: Date.now(), turn: turn + 1}));
  const seen = useRef(changes);
  const latest = useRef(changes);
  latest.current = changes;
  useEffect(() => {
    if (!rolling) {
      return undefined;
    }
    const timer = setInterval(() => {
      if (!document.hidden && latest.current !== seen.current) {
        seen.current = latest.current;
        refresh();
      }
    }, EVERY_MS[size]);
    return () => clearInterval(timer);
  }, [size, rolling]);
  return {...shown, refresh};
}
