/** Plain text as it was written: paragraphs and line ends, nothing else means anything. */
export function Prose({ text }: { text: string }) {
  return (
    <div className="prose">
      {text.split(/\n{2,}/).map((part, at) => (
        <p key={at} className="pre-line">
          {part}
        </p>
      ))}
    </div>
  );
}
