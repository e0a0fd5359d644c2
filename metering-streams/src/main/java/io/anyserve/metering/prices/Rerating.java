package io.anyserve.metering.prices;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.PriceSchedule;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/** What ledger entries cost, and what they would cost by other books. Not thread-safe. */
public final class Rerating {

  /** Entries that are summed. */
  public record Group(TenantId tenant, String model) {}

  /**
   * Sums of a group, in millionths.
   *
   * @param changed entries that would cost something else, or gain or lose their price
   * @param unpriced entries that would have no price
   */
  public record Row(long entries, long changed, long unpriced, long before, long after) {

    static final Row NONE = new Row(0, 0, 0, 0, 0);

    public long difference() {
      return after - before;
    }

    Row plus(Row other) {
      return new Row(
          entries + other.entries,
          changed + other.changed,
          unpriced + other.unpriced,
          before + other.before,
          after + other.after);
    }
  }

  private static final Comparator<Group> ORDER =
      Comparator.<Group, String>comparing(group -> group.tenant().value())
          .thenComparing(Group::model);

  private final PriceSchedule schedule;
  private final SortedMap<Group, Row> rows = new TreeMap<>(ORDER);

  public Rerating(PriceSchedule schedule) {
    this.schedule = schedule;
  }

  public void add(LedgerEntry entry) {
    Cost before = entry.cost();
    Cost after =
        schedule.charge(
            entry.times().endedAt(),
            entry.servedBy().model(),
            entry.usage(),
            entry.outcome() == Outcome.FINISHED);
    rows.merge(
        new Group(entry.context().tenant(), entry.servedBy().model()),
        new Row(
            1,
            before.micros() == after.micros() && before.priced() == after.priced() ? 0 : 1,
            after.priced() ? 0 : 1,
            before.micros(),
            after.micros()),
        Row::plus);
  }

  /** By tenant and model. */
  public SortedMap<Group, Row> rows() {
    return Collections.unmodifiableSortedMap(rows);
  }

  public Row total() {
    return rows.values().stream().reduce(Row.NONE, Row::plus);
  }
}
