package io.anyserve.chaos;

import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.chaos.FaultReport.Row;
import io.anyserve.chaos.client.ClientObservation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Says which faults each finding may be due to: those that came while the request lived. */
record Attribution(
    List<Injection> injections, List<ClientObservation> seen, List<Violation> findings) {

  private static final double NANOS_PER_SECOND = 1e9;

  /** One row for each kind that was injected. */
  List<Row> rows() {
    Map<FaultKind, List<Injection>> byKind = new EnumMap<>(FaultKind.class);
    injections.forEach(
        injection ->
            byKind.computeIfAbsent(injection.kind(), _ -> new ArrayList<>()).add(injection));
    Map<Integer, ClientObservation> lives = new HashMap<>();
    seen.forEach(one -> lives.put(one.ask(), one));
    List<Row> rows = new ArrayList<>();
    byKind.forEach(
        (kind, came) -> {
          Predicate<ClientObservation> during =
              one -> came.stream().anyMatch(injection -> injection.during(one.begin(), one.end()));
          Predicate<Violation> due =
              finding ->
                  finding.ask() == Violation.PLANTED
                      ? kind == FaultKind.MALFORMED
                      : lives.containsKey(finding.ask()) && during.test(lives.get(finding.ask()));
          rows.add(row(kind.title(), came, during, due));
        });
    return rows;
  }

  /** Over everything. */
  Row total() {
    return row("all", injections, _ -> true, _ -> true);
  }

  private Row row(
      String title,
      List<Injection> came,
      Predicate<ClientObservation> during,
      Predicate<Violation> due) {
    List<Violation> found = findings.stream().filter(due).toList();
    List<Long> gaps = came.stream().flatMap(one -> one.gaps().stream()).sorted().toList();
    return new Row(
        title,
        came.size(),
        came.stream().mapToLong(Injection::open).sum(),
        seen.stream()
            .filter(one -> one.how() == ClientObservation.End.FAILED)
            .filter(during)
            .count(),
        count(found, ViolationType.LOST) + count(found, ViolationType.UNEXPLAINED),
        count(found, ViolationType.REPEATED),
        count(found, ViolationType.WRONG),
        found.stream()
            .filter(finding -> finding.harm() == ViolationType.DRIFT)
            .mapToLong(finding -> Math.max(1, finding.amount()))
            .sum(),
        gaps.isEmpty() ? 0 : gaps.get(gaps.size() / 2) / NANOS_PER_SECOND,
        gaps.isEmpty() ? 0 : gaps.getLast() / NANOS_PER_SECOND,
        came.stream().mapToDouble(Injection::outage).max().orElse(0),
        Math.max(0, came.stream().mapToDouble(Injection::drained).max().orElse(0)));
  }

  private static long count(List<Violation> found, ViolationType harm) {
    return found.stream().filter(finding -> finding.harm() == harm).count();
  }
}
