package io.anyserve.loadtest.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.ProcessReport.ProcessSample;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProcessFollowerTest {

  private static final String PAGE =
      """
      # HELP anyserve_router_backlog Requests that no worker has accepted yet
      # TYPE anyserve_router_backlog gauge
      anyserve_router_backlog{capability="echo",priority="batch"} NaN
      anyserve_router_backlog{capability="story",priority="batch"} 40.0
      anyserve_router_backlog{capability="a} b",priority="interactive"} 2.0
      anyserve_ingress_requests_in_flight 3.0
      process_resident_memory_bytes 1.048576E8 1764500000000
      process_cpu_usage 0.25
      system_cpus 4.0
      no sample
      """;

  @Test
  void valuesAreSummedOverTheirLabels() {
    MetricsText page = MetricsText.parse(PAGE);

    assertEquals(42, page.orNaN("anyserve_router_backlog"));
    assertEquals(104_857_600, page.orNaN("process_resident_memory_bytes"));
    assertTrue(Double.isNaN(page.orNaN("no")));
    assertTrue(MetricsText.parse("").values().isEmpty());
  }

  @Test
  void aSampleHasWhatTheProcessSays() {
    ProcessFollower follower = new ProcessFollower("http://a");
    follower.add(1, MetricsText.parse(PAGE));

    assertEquals(List.of(new ProcessSample(1, 1, 100, 42, 3)), follower.drain().samples());
    assertEquals(List.of(), follower.drain().samples());
  }

  @Test
  void processorTimeIsThatSinceThePageBefore() {
    ProcessFollower follower = new ProcessFollower("http://a");
    follower.add(-1, MetricsText.parse("process_cpu_seconds_total 10"));
    follower.add(1, MetricsText.parse("process_cpu_seconds_total 13"));
    follower.add(2, MetricsText.parse("process_cpu_seconds_total 13.5"));

    assertEquals(
        List.of(1.5, 0.5),
        follower.drain().samples().stream().map(ProcessSample::processors).toList());
  }
}
