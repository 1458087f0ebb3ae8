/** An input, as action.yml and the help show it. */
export interface Input {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'duration' | 'boolean' | 'number' | 'choice';
  /** The placeholder of the value in the help. */
  readonly placeholder: string;
  /** The value of an absent or empty input; `''` if the description explains it. */
  readonly default: string;
  readonly description: string;
  /** The short flag of talosctl. */
  readonly short?: string;
  /** A flag that is not an input of the action. */
  readonly commandLineOnly?: true;
  /** An input of the action that is not a flag. */
  readonly actionOnly?: true;
}
