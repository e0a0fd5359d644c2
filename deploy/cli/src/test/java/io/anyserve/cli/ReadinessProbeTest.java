package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The check of a container's health against servers on free ports. */
final class ReadinessProbeTest {

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void aReadyServiceIsReady() throws IOException {
    try (Readied router = new Readied(200, "ready\n")) {
      assertEquals(0, probe(Map.of("ROUTER", router.port())).check(List.of("router")));
      assertEquals("router is ready\n", said.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aServiceThatIsNotReadySaysWhy() throws IOException {
    try (Readied ingress = new Readied(503, "kafka: no broker\n")) {
      assertEquals(1, probe(Map.of("INGRESS", ingress.port())).check(List.of()));
      assertEquals(
          "ingress is not ready: kafka: no broker\n", said.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyServiceThatListensMustBeReady() throws IOException {
    try (Readied ingress = new Readied(200, "ready\n");
        Readied worker = new Readied(503, "torch: no model\n")) {
      var ports = Map.of("INGRESS", ingress.port(), "WORKER", worker.port());
      assertEquals(1, probe(ports).check(List.of()));
      assertEquals(0, probe(ports).check(List.of("ingress")));
    }
  }

  @Test
  void oneServiceMustListen() throws IOException {
    assertEquals(1, probe(Map.of()).check(List.of()));
    assertTrue(
        said.toString(StandardCharsets.UTF_8).startsWith("no service listens"), said::toString);
    assertEquals(1, probe(Map.of()).check(List.of("metering")));
  }

  @Test
  void refusesANameThatNoServiceHas() throws IOException {
    assertEquals(2, probe(Map.of()).check(List.of("broker")));
    assertEquals(
        "health: broker (expected: ingress, metering, router, worker)\n",
        said.toString(StandardCharsets.UTF_8));
  }

  /** Services without a port here have one at which nobody listens. */
  private ReadinessProbe probe(Map<String, Integer> ports) throws IOException {
    Map<String, String> environment = new HashMap<>();
    int closed = closedPort();
    for (String service : List.of("INGRESS", "ROUTER", "WORKER", "METERING")) {
      environment.put(
          "ANYSERVE_" + service + "_HTTP_PORT",
          Integer.toString(ports.getOrDefault(service, closed)));
    }
    return new ReadinessProbe(environment, new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A server with one answer for /readiness. */
  private record Readied(HttpServer server) implements AutoCloseable {

    Readied(int status, String text) throws IOException {
      this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      server.createContext(
          "/readiness",
          exchange -> {
            try (exchange) {
              exchange.sendResponseHeaders(status, bytes.length);
              exchange.getResponseBody().write(bytes);
            }
          });
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
