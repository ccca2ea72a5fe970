const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** Small numbers as words, at the start of a sentence or inside it. */
export function inWords(value: number, capital = false): string {
  const word = WORDS[value] ?? String(value);
  return capital ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** The first sentence of the day: what waits for me, or what waits for others. */
export function headline(mine: number, others: number): string {
  if (mine === 0) return others === 1 ? 'One page waits for somebody else.' : `${inWords(others, true)} pages wait for others.`;
  return mine === 1 ? 'One page waits for you.' : `${inWords(mine, true)} pages wait for you.`;
}
