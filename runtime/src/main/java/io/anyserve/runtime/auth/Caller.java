package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyScope;
import io.grpc.Context;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * On whose behalf a call is made.
 *
 * @param keyId public id of the API key, empty for anonymous callers
 * @param scopes what the key opens
 */
public record Caller(TenantId tenant, String keyId, Set<KeyScope> scopes) {

  private static final Set<KeyScope> EVERY_SCOPE =
      Collections.unmodifiableSet(EnumSet.allOf(KeyScope.class));

  /** Everybody, where there are no keys. */
  public static final Caller ANONYMOUS = new Caller(new TenantId("default"), "");

  private static final Context.Key<Caller> KEY = Context.key("anyserve.caller");

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /** One that sees its own tenant alone. */
  public Caller(TenantId tenant, String keyId) {
    this(tenant, keyId, false);
  }

  /** With the usual scopes, or with every one. */
  public Caller(TenantId tenant, String keyId, boolean admin) {
    this(tenant, keyId, admin ? EVERY_SCOPE : KeyGrant.USUAL_SCOPES);
  }

  /** Whether it may ask what other tenants used. */
  public boolean admin() {
    return scopes.contains(KeyScope.ADMIN);
  }

  /** Throws PERMISSION_DENIED where its key does not open that. */
  public void require(KeyScope scope) {
    if (!scopes.contains(scope)) {
      throw new FailureException(
          FailureCode.PERMISSION_DENIED,
          "scopes of the key: %s (expected: %s)".formatted(names(), scope));
    }
  }

  private String names() {
    return String.join(", ", scopes.stream().sorted().map(KeyScope::toString).toList());
  }

  /** Of the gRPC call that this thread works for; fails as UNAUTHENTICATED where it has none. */
  public static Caller current() {
    return find()
        .orElseThrow(() -> new FailureException(FailureCode.UNAUTHENTICATED, "caller: unknown"));
  }

  /** The same; empty for calls of open services, which have none. */
  public static Optional<Caller> find() {
    return Optional.ofNullable(KEY.get());
  }

  Context in(Context context) {
    return context.withValue(KEY, this);
  }
}
