import { useEffect, useState } from 'react';

const SETTLES_MS = 500;

/** A value once it has stopped changing: what a person types is asked about when they pause. Compared as JSON. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLES_MS);
    return () => clearTimeout(timer);
    // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the value, which is made anew at each render
  }, [text]);
  return settled;
}
