package io.anyserve.contracts.event;

import io.anyserve.contracts.TenantId;

/** The sum of all ledger entries of a tenant. */
public record TenantUsage(TenantId tenant, UsageTotals totals) {}
