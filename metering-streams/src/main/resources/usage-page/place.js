// What the page shows, kept in the address after the #, so that reload, back and a sent link show the same.
import {useCallback, useEffect, useState} from 'preact/hooks';
import {RANGES} from './range.js';

const START = {range: 'week', by: 'model', tenant: '', measure: 'tokens', from: 0, to: 0};

export function usePlace() {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const follow = () => setPlace(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const go = useCallback(change => {
    location.hash = write({...read(), ...change});
  }, []);
  return [place, go];
}

function read() {
  const given = new URLSearchParams(location.hash.slice(1));
  const from = Number(given.get('from')) || 0;
  const to = Number(given.get('to')) || 0;
  const named = given.get('range');
  const known = RANGES.some(({id}) => id === named) || (named === 'custom' && from > 0 && from < to);
  return {
    range: known ? named : START.range,
    by: given.get('by') ?? START.by,
    tenant: given.get('tenant') ?? START.tenant,
    measure: given.get('measure') ?? START.measure,
    from,
    to,
  };
}

function write(place) {
  const changed = Object.entries(place).filter(([name, value]) => value !== START[name]);
  return new URLSearchParams(changed).toString();
}
