/** An invalid request to the console; the message is for the user. */
export class BadInput extends Error {
  readonly status = 400;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadInput';
  }
}
