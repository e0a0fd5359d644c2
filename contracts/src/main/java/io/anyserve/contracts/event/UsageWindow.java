package io.anyserve.contracts.event;

import io.anyserve.contracts.TenantId;
import java.time.Instant;

/**
 * What one series used in a stretch of time, by the time at which requests ended.
 *
 * @param start inclusive, a multiple of the size since the epoch
 */
public record UsageWindow(
    TenantId tenant,
    WindowGranularity size,
    Instant start,
    UsageDimension series,
    UsageTotals totals) {}
