package io.anyserve.ingress.http;

/** What a route needs of its caller. */
enum RouteAccess {
  /** Nothing. */
  OPEN,
  /** A key that may run models, where any key exists. */
  INFER,
  /** Where any key exists, one that sees every tenant. */
  OPERATE
}
