package io.anyserve.objects;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.runtime.Health;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class ObjectStoreHealthTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Test
  void aStoreThatAnswersIsUp() {
    try (var health = new ObjectStoreHealth(new InMemoryBucket("memory", InstantSource.system()))) {
      assertEquals(new Health.Down("object store", "not asked yet"), health.health());
      health.start();
      await().atMost(TIMEOUT).until(() -> health.health().equals(Health.UP));
    }
  }

  @Test
  void aStoreThatDoesNotAnswerIsDownAndSaysWhere() throws Exception {
    URI nowhere = closedPort();
    try (var health =
        new ObjectStoreHealth(MinioBlobStore.of(ObjectStoreConfig.of(nowhere, "key", "secret")))) {
      health.start();
      await().atMost(TIMEOUT).until(() -> health.health().toString().contains(nowhere.toString()));
    }
  }

  private static URI closedPort() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }
  }
}
