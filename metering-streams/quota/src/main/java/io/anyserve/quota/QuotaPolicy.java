package io.anyserve.quota;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/**
 * The limits of a scope; all of them hold.
 *
 * @param limits at most one for each unit and period; none takes the policy away
 */
public record QuotaPolicy(QuotaScope scope, List<QuotaLimit> limits) {

  public QuotaPolicy {
    limits = List.copyOf(limits);
    long kinds =
        limits.stream().map(limit -> limit.unit() + "/" + limit.period()).distinct().count();
    Preconditions.that(kinds == limits.size(), "limits", limits, "one for each unit and period");
  }
}
