/** A request to the console that cannot be carried out as it is; the message is for the person. */
export class BadInput extends Error {
  readonly status = 400;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadInput';
  }
}
