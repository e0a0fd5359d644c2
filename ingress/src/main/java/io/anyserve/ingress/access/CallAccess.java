package io.anyserve.ingress.access;

import io.anyserve.runtime.auth.ApiKeys;

/** What every call passes, over every protocol. */
public record CallAccess(ApiKeys keys, CallLimits limits, AuditLog audit) {

  /** With nothing but keys. */
  public static CallAccess of(ApiKeys keys) {
    return new CallAccess(keys, CallLimits.none(), new AuditLog(System::nanoTime));
  }
}
