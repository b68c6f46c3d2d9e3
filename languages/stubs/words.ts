/**
 * Courier's numbers as TypeScript types, for interfaces that want their size on the wire: to the compiler each is the
 * plain type, to `troupe stubs` it is Courier's. A plain `number` is a real of four words.
 */
export type Cardinal = number & { readonly $word?: "cardinal" };
export type LongCardinal = number & { readonly $word?: "long cardinal" };
export type HyperCardinal = bigint & { readonly $word?: "hyper cardinal" };
export type Integer = number & { readonly $word?: "integer" };
export type LongInteger = number & { readonly $word?: "long integer" };
export type HyperInteger = bigint & { readonly $word?: "hyper integer" };
export type Unspecified = number & { readonly $word?: "unspecified" };
export type ShortReal = number & { readonly $word?: "short real" };
