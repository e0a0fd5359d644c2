package io.anyserve.metering.aggregate;

import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import java.util.List;

/** What entries added to aggregates, each aggregate once. */
public record Deltas(
    List<SessionUsage> sessions, List<TenantUsage> tenants, List<UsageWindow> windows) {}
