package io.anyserve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AdminServerTest {

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicReference<Thread> answering = new AtomicReference<>();

  @Test
  void readinessNamesWhatIsMissing() throws Exception {
    try (AdminServer server = server(() -> List.of(new Health.Down("router", "no brokers")));
        HttpClient client = HttpClient.newHttpClient()) {
      server.start();
      var answer = client.send(readiness(server), BodyHandlers.ofString());
      assertEquals(503, answer.statusCode());
      assertEquals("router: no brokers\n", answer.body());
    }
  }

  @Test
  void noThreadIsLeftAfterAClose() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      AdminServer server = server(this::blocked);
      server.start();
      var _ = client.sendAsync(readiness(server), BodyHandlers.discarding());
      assertTrue(asked.await(30, TimeUnit.SECONDS));
      server.close();
      Thread thread = answering.get();
      assertTrue(thread.join(java.time.Duration.ofSeconds(30)), thread::toString);
    }
  }

  private List<Health.Down> blocked() {
    answering.set(Thread.currentThread());
    asked.countDown();
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  private static AdminServer server(java.util.function.Supplier<List<Health.Down>> troubles) {
    return new AdminServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        troubles);
  }

  private static HttpRequest readiness(AdminServer server) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + "/readiness"))
        .build();
  }
}
