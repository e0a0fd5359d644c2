package io.anyserve.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectStoreConfigTest {

  private static final URI ENDPOINT = URI.create("http://127.0.0.1:9000");

  @Test
  void defaultsAreThoseOfTheProduct() {
    var settings = ObjectStoreConfig.of(ENDPOINT, "key", "secret");
    assertEquals(65_536, settings.threshold());
    assertEquals("anyserve", settings.bucket());
    assertEquals(Duration.ofDays(7), settings.retention());
  }

  @Test
  void theSecretIsNotPrinted() {
    assertFalse(ObjectStoreConfig.of(ENDPOINT, "key", "hush").toString().contains("hush"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9000",
        "ftp://host",
        "http:///bucket",
        "http://host/bucket",
        "http://user:pass@host",
        "http://host?x=y",
      })
  void anEndpointIsAServer(String endpoint) {
    assertRefused(
        "endpoint: " + endpoint, () -> ObjectStoreConfig.of(URI.create(endpoint), "key", "secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "Upper", "a..b", "-ab", "a/b"})
  void aBucketNameIsOneThatS3Takes(String bucket) {
    assertRefused("bucket: " + bucket, () -> settings(bucket, 1, 1, Duration.ofDays(1)));
  }

  @Test
  void sizesAndRetentionAreInRange() {
    assertRefused("threshold: 0", () -> settings("bucket", 0, 1, Duration.ofDays(1)));
    assertRefused("maxObjectBytes: 9", () -> settings("bucket", 10, 9, Duration.ofDays(1)));
    assertRefused("retention: PT59S", () -> settings("bucket", 1, 1, Duration.ofSeconds(59)));
    assertRefused("secretKey: blank", () -> ObjectStoreConfig.of(ENDPOINT, "key", " "));
    assertRefused("accessKey: ", () -> ObjectStoreConfig.of(ENDPOINT, "", "secret"));
  }

  private static ObjectStoreConfig settings(
      String bucket, long threshold, long most, Duration retention) {
    return new ObjectStoreConfig(
        ENDPOINT, "us-east-1", bucket, "key", "secret", threshold, most, retention);
  }

  private static void assertRefused(String message, Runnable attempt) {
    var failure = assertThrows(IllegalArgumentException.class, attempt::run);
    assertTrue(failure.toString().contains(message), failure.toString());
  }
}
