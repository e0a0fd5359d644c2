package io.anyserve.audit;

import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageField;
import io.anyserve.contracts.event.UsageTotals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A sum as a list of named amounts, so that two sums can be compared and the difference told.
 *
 * @param requests how many ledger lines it is the sum of
 * @param tokens of the answers
 */
public record NamedAmounts(long requests, long tokens, Map<String, Object> amounts) {

  public static NamedAmounts of(SessionUsage usage) {
    Map<String, Object> amounts = new LinkedHashMap<>();
    amounts.put("finished", usage.finished());
    amounts.put("failed", usage.failed());
    amounts.put("cancelled", usage.cancelled());
    amounts.put("prompt tokens", usage.usage().prompt());
    amounts.put("completion tokens", usage.usage().completion());
    amounts.put("cached tokens", usage.usage().cached());
    amounts.put("chunks", usage.chunks());
    return new NamedAmounts(usage.requests(), usage.usage().completion(), amounts);
  }

  public static NamedAmounts of(UsageTotals totals) {
    Map<String, Object> amounts = new LinkedHashMap<>();
    for (UsageField field : UsageField.ALL) {
      amounts.put(field.wireName().replace('_', ' '), field.of(totals));
    }
    amounts.put("first token times", counts(totals.firstToken()));
    amounts.put("durations", counts(totals.duration()));
    return new NamedAmounts(totals.requests(), totals.usage().completion(), amounts);
  }

  /** Without zeros at the end, which say nothing. */
  private static List<Long> counts(LatencyHistogram histogram) {
    List<Long> counts = histogram.counts();
    int size = counts.size();
    while (size > 0 && counts.get(size - 1) == 0) {
      size--;
    }
    return counts.subList(0, size);
  }

  /** What is not as expected; empty where nothing is. */
  String difference(NamedAmounts expected) {
    return amounts.entrySet().stream()
        .filter(amount -> !amount.getValue().equals(expected.amounts.get(amount.getKey())))
        .map(
            amount ->
                "%s: %s (expected: %s)"
                    .formatted(
                        amount.getKey(), amount.getValue(), expected.amounts.get(amount.getKey())))
        .collect(Collectors.joining(", "));
  }
}
