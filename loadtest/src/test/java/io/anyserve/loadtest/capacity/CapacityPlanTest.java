package io.anyserve.loadtest.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** With costs that are easy to count with. */
final class CapacityPlanTest {

  private static final GpuLoad.Engine ENGINE = new GpuLoad.Engine(10, 0.25);
  private static final GpuLoad.Request REQUEST = new GpuLoad.Request(2_000, 250, 0.1);
  private static final ServiceCosts COSTS =
      new ServiceCosts(
          new ProcessCosts(100, 20, 10),
          new ProcessCosts(10, 10, 1),
          new ProcessCosts(100, 20, 5),
          new ProcessCosts(50, 10, 5),
          new ProcessCosts(200, 50, 1),
          5);
  private static final RecordSizes SIZES = new RecordSizes(500, 110, 100, 50, 600, 300);
  private static final SizingRules RULES =
      new SizingRules(4, 0.5, 3, 100e6, new SizingRules.Limits(8_192, 1_000, 400, 4_000, 10e6));

  @Test
  void aGpuWritesATokenOfEachSequenceInAStep() {
    GpuLoad load = load(1, 40);

    assertEquals(40, load.inFlight());
    assertEquals(40 * 50, load.tokensPerSecond(), 0.001, "a step takes 20 ms");
    assertEquals(8, load.requestsPerSecond(), 0.001);
    assertEquals(50 + 2 * 8, load.recordsPerSecond(1), 0.001, "one record a step");
  }

  @Test
  void manyPartitionsTakeTheChunksOfAStepApart() {
    GpuLoad load = load(1, 40);

    assertEquals(2_000, load.recordsPerSecond(1_000_000) - 16, 1, "a record for each chunk");
    assertTrue(load.recordsPerSecond(8) > 7.9 * 50, "nearly all eight");
  }

  @Test
  void processesHaveTimeForTheirShare() {
    CapacityPlan plan = plan(load(100, 40));

    double ingress = 800 * 100 + plan.recordsPerSecond() * 20 + 200_000 * 10;
    double heartbeats = plan.ingresses() * 100 * 2 * 5;
    assertEquals(ingress + heartbeats, plan.ingressMicros(), 1);
    assertTrue(plan.ingressMicros() <= plan.ingresses() * 2e6);
    assertEquals(3, plan.brokers() - plan.brokers() % 3, "at least one for each copy");
    assertTrue(plan.tokenBytes() <= plan.ingresses() * 10e6);
    assertTrue(plan.brokerMicros() <= plan.brokers() * 2e6);
    assertTrue(plan.meteringMicros() <= plan.metering() * 2e6);
    assertEquals(2, plan.routers());
    assertEquals(1, plan.requestPartitions(), "800 polls/s of 400 us take a third of its time");
    assertTrue(plan.bounds().stream().noneMatch(CapacityBound::exceeded));
  }

  @Test
  void aSmallLoadNeedsOneOfEach() {
    CapacityPlan plan = plan(load(1, 40));

    assertEquals(1, plan.ingresses());
    assertEquals(3, plan.brokers());
    assertEquals(1, plan.metering());
    assertEquals(1, plan.requestPartitions());
  }

  @Test
  void storageIsThatOfADay() {
    CapacityPlan plan = plan(load(1, 40));

    double bytes = 8 * 110 + 66 * 100 + 2_000 * 50;
    assertEquals(bytes, plan.tokenBytes(), 0.001);
    assertEquals(bytes * 86_400 * 3, plan.resumeBytes(), 1);
  }

  @Test
  void whatNoProcessHelpsIsNamed() {
    List<CapacityBound> bounds = plan(load(10_000, 40)).bounds();

    assertTrue(bounds.getFirst().exceeded());
    assertEquals(10, bounds.getFirst().share());
    CapacityPlan eight = plan(new GpuLoad(7_000, 8, 40, 1, ENGINE, REQUEST));
    assertEquals(875, eight.load().workers());
    assertFalse(eight.bounds().getFirst().exceeded());
  }

  @Test
  void theTableHasAColumnForEachPlan() {
    String table = CapacityTable.of(List.of(plan(load(1, 40)), plan(load(10_000, 40))));

    assertTrue(
        table.contains("10,000 GPUs: members of a share group: 10,000 (expected: at most 1,000)"),
        table);
    assertTrue(table.lines().anyMatch(line -> line.matches("tokens/s +2,000 +20,000,000")), table);
  }

  @Test
  void valuesCheckThemselves() {
    assertThrows(IllegalArgumentException.class, () -> load(0, 40));
    assertThrows(IllegalArgumentException.class, () -> new GpuLoad.Engine(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new GpuLoad.Request(1, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> new ProcessCosts(-1, 0, 0));
  }

  private static GpuLoad load(int gpus, int slots) {
    return new GpuLoad(gpus, 1, slots, 1, ENGINE, REQUEST);
  }

  private static CapacityPlan plan(GpuLoad load) {
    return CapacityPlan.of(load, RULES, COSTS, SIZES);
  }
}
