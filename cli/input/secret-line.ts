/** Why typing was ended by Ctrl-C or Ctrl-D, which a terminal that does not show what is typed hands over as text. */
export class TypingEnded extends Error {
  override readonly name = 'TypingEnded';
}

/** A line typed without being shown, with the keys that people correct themselves with. */
export class SecretLine {
  #characters: string[] = [];

  /** The line once it is complete. Throws TypingEnded when the person gave up. */
  add(text: string): string | undefined {
    for (const character of text) {
      switch (character) {
        case '\r':
        case '\n':
          return this.#characters.join('');
        case '\u0003':
        case '\u0004':
          throw new TypingEnded();
        case '\u007f':
        case '\b':
          this.#characters.pop();
          break;
        case '\u0015':
          this.#characters = [];
          break;
        default:
          if (character >= ' ') this.#characters.push(character);
      }
    }
    return undefined;
  }
}
