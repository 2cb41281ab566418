/**
 * The results of `act` in the order of the inputs, with at most `atOnce` calls under way. No call is started until the
 * consumer asks for more.
 */
export async function* inOrder<I, O>(
  inputs: Iterable<I> | AsyncIterable<I>,
  atOnce: number,
  act: (input: I) => Promise<O>,
): AsyncGenerator<O> {
  const running: Promise<{ value: O } | { error: unknown }>[] = [];
  const settled = (input: I): Promise<{ value: O } | { error: unknown }> =>
    act(input).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  async function* taken(most: number): AsyncGenerator<O> {
    while (running.length > most) {
      const result = await running.shift();
      if (result === undefined) return;
      if ('error' in result) throw result.error;
      yield result.value;
    }
  }
  for await (const input of inputs) {
    running.push(settled(input));
    yield* taken(atOnce - 1);
  }
  yield* taken(0);
}
