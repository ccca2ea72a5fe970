/** What `<input type="datetime-local">` holds: the viewer's own wall clock, to the minute. */
export function localInput(at: number): string {
  const day = new Date(at);
  return new Date(at - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Back to an instant; text that is no time goes through as it is, so that the server names the problem. */
export function instantOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
