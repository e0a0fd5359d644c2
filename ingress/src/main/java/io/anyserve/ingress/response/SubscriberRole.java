package io.anyserve.ingress.response;

/** What a reader of a stream is to it. */
enum SubscriberRole {
  /** Whose request it is: it counts, and with its caller the work ends. */
  OWNER,
  /** A caller that resumed: with it the work ends, too. */
  ADOPTER,
  /** A caller that used an idempotency key again: it reads along and changes nothing. */
  GUEST
}
