package io.anyserve.worker.schedule;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest cancellations that came before their request. Owned by the scheduler's thread. */
final class EarlyCancellations {

  private static final int REMEMBERED = 10_000;

  private final Map<RequestId, CancelReason> reasons = new LinkedHashMap<>();

  void add(RequestId request, CancelReason reason) {
    reasons.put(request, reason);
    if (reasons.size() > REMEMBERED) {
      reasons.remove(reasons.keySet().iterator().next());
    }
  }

  /** Why that request is not to begin; null when it may. */
  @Nullable CancelReason take(RequestId request) {
    return reasons.isEmpty() ? null : reasons.remove(request);
  }
}
