package io.anyserve.ingress.http;

import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import io.javalin.http.Context;
import java.util.Objects;

/** Lets nobody in without a key, whatever the route. Thread-safe. */
record CallerCheck(ApiKeys keys) {

  private static final String CALLER = "anyserve.caller";

  /** Throws a FailureException, UNAUTHENTICATED, for others. */
  void check(Context http) {
    http.attribute(CALLER, keys.authenticate(http.header("Authorization")));
  }

  /** Whose call it is. */
  static Caller caller(Context http) {
    Caller caller = http.attribute(CALLER);
    return Objects.requireNonNull(caller, "every route is checked first");
  }
}
