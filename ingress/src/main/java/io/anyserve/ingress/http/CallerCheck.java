package io.anyserve.ingress.http;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.CallRate;
import io.anyserve.ingress.access.ClientAddress;
import io.anyserve.ingress.access.Refusal;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.runtime.auth.Caller;
import io.javalin.http.Context;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/** Lets nobody in without what the route needs, nor more often than allowed. Thread-safe. */
public record CallerCheck(CallAccess access) {

  private static final String CALLER = "anyserve.caller";

  /** Throws a FailureException, UNAUTHENTICATED, PERMISSION_DENIED or RATE_LIMITED, for others. */
  void check(Context http) {
    RouteScopes.Access needed = RouteScopes.of(http);
    switch (needed) {
      case OPEN -> {}
      case INFER -> {
        Caller caller = checkKey(http);
        caller.require(KeyScope.INFER);
        count(http, caller);
      }
      case OPERATE -> {
        Caller caller = checkKey(http);
        if (!caller.equals(Caller.ANONYMOUS)) {
          caller.require(KeyScope.ADMIN);
        }
        count(http, caller);
      }
    }
  }

  /** Whatever the key opens: also what does not exist is told to those alone who have one. */
  Caller checkKey(Context http) {
    Caller caller = access.keys().authenticate(http.header("Authorization"));
    http.attribute(CALLER, caller);
    return caller;
  }

  private void count(Context http, Caller caller) {
    Optional<CallRate> rate = access.limits().count(caller, address(http));
    rate.ifPresent(counted -> CallHeaders.write(http, counted));
    rate.filter(counted -> !counted.allowed())
        .ifPresent(
            counted -> {
              throw new FailureException(counted.failure(), null);
            });
  }

  private static ClientAddress address(Context http) {
    return address(ServletContextRequest.getServletContextRequest(http.req()));
  }

  private static ClientAddress address(Request request) {
    return ClientAddress.of(request.getConnectionMetaData().getRemoteSocketAddress());
  }

  /** Notes in the audit log what a call was refused for. */
  void refused(Context http, ApiError error) {
    String request = http.res().getHeader(CallHeaders.REQUEST_ID);
    access
        .audit()
        .refused(
            new Refusal(
                "http",
                Optional.ofNullable(http.attribute(CALLER)),
                address(http),
                RouteScopes.name(http),
                error.code(),
                error.status(),
                request == null ? "" : request));
  }

  /** The same for what was refused before it was a call. */
  void refused(Request request, ApiError error) {
    access
        .audit()
        .refused(
            new Refusal(
                "http",
                Optional.empty(),
                address(request),
                "none",
                error.code(),
                error.status(),
                ""));
  }

  /** Whose call it is. */
  public static Caller caller(Context http) {
    Caller caller = http.attribute(CALLER);
    return Objects.requireNonNull(caller, "every route that runs models is checked first");
  }
}
