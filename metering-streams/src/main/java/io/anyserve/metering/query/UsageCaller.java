package io.anyserve.metering.query;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.runtime.auth.Caller;
import java.util.Optional;

/**
 * Who asks, and how this instance may ask another on their behalf: with their own key, so that
 * instances need no trust in each other.
 *
 * @param authorization as they sent it
 * @param forwarded by another instance: answered here or not at all
 */
public record UsageCaller(Caller caller, Optional<String> authorization, boolean forwarded) {

  /**
   * Whose usage they ask for; PERMISSION_DENIED where they may not, whether or not the tenant
   * exists.
   *
   * @param tenant as named in the question; empty for their own, or all for an admin
   */
  public TenantScope scope(String tenant) {
    if (tenant.isEmpty()) {
      return caller.admin() ? new TenantScope.All() : new TenantScope.Of(caller.tenant());
    }
    TenantScope scope = TenantScope.parse(tenant);
    if (!caller.admin() && !scope.equals(new TenantScope.Of(caller.tenant()))) {
      throw new FailureException(
          FailureCode.PERMISSION_DENIED,
          "tenant: "
              + scope
              + " (expected: "
              + caller.tenant()
              + ", which is the key's, or a key with admin)");
    }
    return scope;
  }

  /** Likewise where only one tenant is possible. */
  public TenantId tenant(String tenant) {
    return switch (tenant.isEmpty() ? new TenantScope.Of(caller.tenant()) : scope(tenant)) {
      case TenantScope.Of(TenantId one) -> one;
      case TenantScope.All() -> throw Preconditions.refused("tenant", tenant, "one tenant");
    };
  }
}
