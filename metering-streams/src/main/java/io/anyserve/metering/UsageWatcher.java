package io.anyserve.metering;

import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageLine;

/** Is told what was counted, in the thread that counts: takes it and returns at once. */
public interface UsageWatcher {

  void session(SessionUsage usage);

  void tenant(TenantUsage usage);

  void line(UsageLine line);
}
