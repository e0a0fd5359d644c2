package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.runtime.AdminServer;
import io.anyserve.runtime.Health;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PortsCheckTest {

  private static final Path PROC = Path.of("/proc");

  @Test
  void aFreeRowIsFine() throws Exception {
    int first = new FreePorts().row(8);

    assertEquals(
        List.of(new Ok(first + " to " + (first + 7) + " are free")), nobody(first).findings());
  }

  @Test
  void aTakenPortIsAProblemThatNamesWhatItIsFor() throws Exception {
    try (ServerSocket taken = listen()) {
      int first = taken.getLocalPort() - 2;
      PortsCheck check =
          new PortsCheck(first, port -> Optional.of("process 7 (java)"), port -> Optional.empty());

      assertTrue(
          check
              .findings()
              .contains(
                  new Problem(
                      taken.getLocalPort() + " (Kafka) is taken by process 7 (java)",
                      "Stop it, or choose other ports with --port.")),
          () -> "no problem for " + taken.getLocalPort());
    }
  }

  @Test
  void anAnyServeThatAnswersIsANote() throws Exception {
    try (ServerSocket taken = listen()) {
      PortsCheck check =
          new PortsCheck(
              taken.getLocalPort(), port -> Optional.empty(), port -> Optional.of("ready"));

      Advice finding = check.findings().getFirst();

      assertInstanceOf(Note.class, finding);
      assertTrue(finding.text().endsWith(": ready"), finding.text());
    }
  }

  @Test
  void theListenerIsFoundOnLinux() throws Exception {
    assumeTrue(Files.exists(PROC.resolve("net/tcp")), "no /proc/net/tcp here");
    try (ServerSocket taken = listen()) {
      Optional<String> found = new LinuxListeners(PROC).of(taken.getLocalPort());

      assertTrue(
          found.orElse("").startsWith("process " + ProcessHandle.current().pid() + " ("),
          found::toString);
    }
  }

  @Test
  void aMachineWithoutProcDoesNotTell(@org.junit.jupiter.api.io.TempDir Path empty) {
    assertEquals(Optional.empty(), new LinuxListeners(empty).of(7400));
  }

  @Test
  void theNeighbourSaysWhatKeepsItFromBeingReady() throws Exception {
    AdminServer ops =
        new AdminServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            () -> List.of(new Health.Down("worker", "loading"), new Health.Down("router", "new")));
    ops.start();
    try (ops) {
      assertEquals(
          Optional.of("worker: loading; router: new"),
          new HttpNeighbour().readiness(ops.address().getPort()));
    }
  }

  @Test
  void aPortWhereNothingListensHasNoNeighbour() throws Exception {
    int free = new FreePorts().row(1);

    assertEquals(Optional.empty(), new HttpNeighbour().readiness(free));
  }

  private static PortsCheck nobody(int first) {
    return new PortsCheck(first, port -> Optional.empty(), port -> Optional.empty());
  }

  private static ServerSocket listen() throws java.io.IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
