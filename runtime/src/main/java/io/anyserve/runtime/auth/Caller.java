package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a call is made.
 *
 * @param keyId public id of the API key, empty for anonymous callers
 * @param admin may ask what other tenants used
 */
public record Caller(TenantId tenant, String keyId, boolean admin) {

  /** Everybody, where no keys are configured. */
  public static final Caller ANONYMOUS = new Caller(new TenantId("default"), "");

  private static final Context.Key<Caller> KEY = Context.key("anyserve.caller");

  /** One that sees its own tenant alone. */
  public Caller(TenantId tenant, String keyId) {
    this(tenant, keyId, false);
  }

  /** Of the gRPC call that this thread works for; fails as UNAUTHENTICATED where it has none. */
  public static Caller current() {
    @Nullable Caller caller = KEY.get();
    if (caller == null) {
      throw new FailureException(FailureCode.UNAUTHENTICATED, "caller: unknown");
    }
    return caller;
  }

  Context in(Context context) {
    return context.withValue(KEY, this);
  }
}
