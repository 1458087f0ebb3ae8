/** What an input holds, in words that action.yml and the help use too. */
export interface Input {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'duration' | 'boolean' | 'number' | 'choice';
  /** What stands for the value in the help of the command line. */
  readonly placeholder: string;
  /** What an absent or empty input means; `''` where that is told by the description. */
  readonly default: string;
  readonly description: string;
  /** The letter that talosctl gives the flag. */
  readonly short?: string;
  /** A flag for people at a terminal; the action has no such input. */
  readonly commandLineOnly?: true;
  /** An input of the action that the command line has in another form. */
  readonly actionOnly?: true;
}
