package io.anyserve.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.embedded.EmbeddedObjectStore;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStoreConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ObjectStoreCheckIT {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aStoreThatWorksKeepsNothingOfIt(@TempDir Path folder) throws Exception {
    try (var store = EmbeddedObjectStore.start(folder, 0, "access", "secret")) {
      var findings =
          new ObjectStoreCheck(
                  store.endpoint().toString(),
                  () -> MinioBlobStore.of(settings(store.endpoint(), "secret")),
                  new HttpClock(store.endpoint()),
                  InstantSource.system())
              .findings();

      assertEquals(3, findings.size());
      assertTrue(findings.stream().allMatch(Ok.class::isInstance), findings.toString());
    }
    try (var files = Files.walk(folder)) {
      assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void aWrongKeyIsAProblem(@TempDir Path folder) throws Exception {
    try (var store = EmbeddedObjectStore.start(folder, 0, "access", "secret")) {
      Advice finding = check(store.endpoint(), "wrong", Optional.of(NOW)).findings().getLast();

      Problem problem = assertInstanceOf(Problem.class, finding);
      assertTrue(problem.advice().contains("secret-key"), problem.toString());
    }
  }

  @Test
  void aStoreThatIsNotThereIsAProblem() throws Exception {
    URI nowhere = URI.create("http://127.0.0.1:9");

    assertInstanceOf(Note.class, check(nowhere, "secret", Optional.empty()).findings().getFirst());
    assertEquals(Optional.empty(), new HttpClock(nowhere).now());
    Advice finding = check(nowhere, "secret", Optional.of(NOW)).findings().getLast();
    assertTrue(assertInstanceOf(Problem.class, finding).advice().contains("endpoint"));
  }

  @Test
  void clocksMayDifferByLessThanS3Allows() throws Exception {
    assertInstanceOf(Ok.class, skewed(Duration.ofSeconds(-59)));
    assertInstanceOf(Note.class, skewed(Duration.ofMinutes(-1)));
    assertInstanceOf(Note.class, skewed(Duration.ofMinutes(14)));
    assertInstanceOf(Problem.class, skewed(Duration.ofMinutes(15)));
  }

  private static Advice skewed(Duration skew) throws InterruptedException {
    return check(URI.create("http://127.0.0.1:9"), "secret", Optional.of(NOW.plus(skew)))
        .findings()
        .getFirst();
  }

  private static ObjectStoreCheck check(URI endpoint, String secret, Optional<Instant> theirs) {
    return new ObjectStoreCheck(
        endpoint.toString(),
        () -> MinioBlobStore.of(settings(endpoint, secret)),
        () -> theirs,
        () -> NOW);
  }

  private static ObjectStoreConfig settings(URI endpoint, String secret) {
    return ObjectStoreConfig.of(endpoint, "access", secret);
  }
}
