package io.anyserve.metering.query;

import io.anyserve.contracts.TenantId;

/** Whose usage is asked for. */
public sealed interface TenantScope {

  /** How all tenants are written. */
  String EVERYBODY = "*";

  record Of(TenantId tenant) implements TenantScope {
    @Override
    public String toString() {
      return tenant.value();
    }
  }

  record All() implements TenantScope {
    @Override
    public String toString() {
      return EVERYBODY;
    }
  }

  /** A tenant's name, or {@link #EVERYBODY}. */
  static TenantScope parse(String text) {
    return text.equals(EVERYBODY) ? new All() : new Of(new TenantId(text));
  }

  default boolean covers(TenantId tenant) {
    return switch (this) {
      case Of(TenantId mine) -> mine.equals(tenant);
      case All() -> true;
    };
  }
}
