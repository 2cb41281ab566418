/** Bytes of a GiB. */
export const GIB = 2 ** 30;

/** Bytes of a MiB. */
export const MIB = 2 ** 20;
