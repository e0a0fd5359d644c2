package io.anyserve.loadtest.capacity;

import io.anyserve.loadtest.report.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Plans side by side, for a terminal. */
public final class CapacityTable {

  private static final String NAME = "%-42s";
  private static final String CELL = " %14s";
  private static final double KILOBYTE = 1e3;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private final List<CapacityPlan> plans;
  private final StringBuilder text = new StringBuilder();

  private CapacityTable(List<CapacityPlan> plans) {
    this.plans = List.copyOf(plans);
  }

  public static String of(List<CapacityPlan> plans) {
    CapacityTable table = new CapacityTable(plans);
    table.load();
    table.processes();
    table.bytes();
    table.bounds();
    return table.text.toString();
  }

  private void load() {
    number("GPUs", plan -> plan.load().gpus());
    number("worker processes", plan -> plan.load().workers());
    number("tokens/s", plan -> plan.load().tokensPerSecond());
    number("requests/s", plan -> plan.load().requestsPerSecond());
    number("sequences at once", plan -> plan.load().inFlight());
    number("records of tokens/s", CapacityPlan::recordsPerSecond);
    number("chunks in a record", plan -> plan.load().tokensPerSecond() / plan.recordsPerSecond());
    text.append('\n');
  }

  private void processes() {
    number("ingresses, and partitions of tokens", CapacityPlan::ingresses);
    number("  cores in use", plan -> plan.ingressMicros() / MICROS_PER_SECOND);
    number("brokers", CapacityPlan::brokers);
    number("  cores in use", plan -> plan.brokerMicros() / MICROS_PER_SECOND);
    number("metering instances", CapacityPlan::metering);
    number("  cores in use", plan -> plan.meteringMicros() / MICROS_PER_SECOND);
    number("routers", CapacityPlan::routers);
    number("  cores in use", plan -> plan.routerMicros() / MICROS_PER_SECOND);
    number("cores beside each worker's engine", CapacityPlan::workerCores);
    number("partitions of requests", CapacityPlan::requestPartitions);
    text.append('\n');
  }

  private void bytes() {
    size("into all brokers, copies included, /s", CapacityPlan::bytesIn);
    size("out of all brokers, /s", CapacityPlan::bytesOut);
    size("from ingresses to callers, /s", CapacityPlan::clientBytes);
    size("tokens kept for 24 h, with copies", CapacityPlan::resumeBytes);
    size("  of each broker", plan -> plan.resumeBytes() / plan.brokers());
    size("requests kept for 30 h, with copies", CapacityPlan::requestStorage);
    size("ledger kept for 400 days, with copies", CapacityPlan::ledgerBytes);
    text.append('\n');
  }

  /** In percent of what one may have; more than all of it is marked. */
  private void bounds() {
    text.append("percent of a bound that more processes do not move\n");
    for (int i = 0; i < plans.getFirst().bounds().size(); i++) {
      int index = i;
      row(plans.getFirst().bounds().get(i).name(), plan -> percent(plan.bounds().get(index)));
    }
    plans.forEach(
        plan ->
            plan.bounds().stream()
                .filter(CapacityBound::exceeded)
                .forEach(
                    bound ->
                        text.append(
                            "%s GPUs: %s: %s (expected: at most %s): %s%n"
                                .formatted(
                                    Texts.number(plan.load().gpus()),
                                    bound.name(),
                                    Texts.number(Math.rint(bound.value())),
                                    Texts.number(Math.rint(bound.bound())),
                                    bound.remedy()))));
  }

  private static String percent(CapacityBound bound) {
    return String.format(
        Locale.ROOT, bound.exceeded() ? "%,.0f %% !" : "%,.0f %%", 100 * bound.share());
  }

  private void number(String name, ToDoubleFunction<CapacityPlan> value) {
    row(name, plan -> figure(value.applyAsDouble(plan)));
  }

  private static String figure(double value) {
    return Texts.number(value >= 1_000 ? Math.rint(value) : value);
  }

  private void size(String name, ToDoubleFunction<CapacityPlan> bytes) {
    row(name, plan -> size(bytes.applyAsDouble(plan)));
  }

  private static String size(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= KILOBYTE && unit < UNITS.length - 1) {
      value /= KILOBYTE;
      unit++;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  private void row(String name, Function<CapacityPlan, String> cell) {
    List<Object> cells = new ArrayList<>();
    cells.add(name);
    plans.forEach(plan -> cells.add(cell.apply(plan)));
    String line = String.format(Locale.ROOT, NAME + CELL.repeat(plans.size()), cells.toArray());
    text.append(line.stripTrailing()).append('\n');
  }
}
