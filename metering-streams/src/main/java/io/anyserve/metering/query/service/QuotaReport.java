package io.anyserve.metering.query.service;

import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.List;

/** Tells how much of a tenant's quotas is left. Thread-safe. */
public interface QuotaReport {

  /**
   * One quota.
   *
   * @param scope what it limits, such as the tenant, a key or a session
   * @param measure such as tokens, requests or cost
   * @param period such as minute, day or month
   * @param reserved by requests that still run
   */
  record Row(
      String scope,
      String measure,
      String period,
      long limit,
      long used,
      long reserved,
      long left,
      Instant resetsAt) {}

  List<Row> rows(TenantId tenant);

  /** Nobody has one. */
  static QuotaReport none() {
    return tenant -> List.of();
  }
}
