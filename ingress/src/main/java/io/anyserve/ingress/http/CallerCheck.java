package io.anyserve.ingress.http;

import io.anyserve.contracts.key.KeyScope;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.Caller;
import io.javalin.http.Context;
import java.util.Objects;

/** Lets nobody in without a key that may run models, whatever the route. Thread-safe. */
public record CallerCheck(ApiKeys keys) {

  private static final String CALLER = "anyserve.caller";

  /** Throws a FailureException, UNAUTHENTICATED or PERMISSION_DENIED, for others. */
  void check(Context http) {
    Caller caller = keys.authenticate(http.header("Authorization"));
    caller.require(KeyScope.INFER);
    http.attribute(CALLER, caller);
  }

  /** Whose call it is. */
  public static Caller caller(Context http) {
    Caller caller = http.attribute(CALLER);
    return Objects.requireNonNull(caller, "every route is checked first");
  }
}
