package io.anyserve.ingress.chat;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.ingress.openai.ApiException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginPolicyTest {

  private final OriginPolicy policy = new OriginPolicy(Set.of("https://chat.example.org"));

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:7407, 127.0.0.1:7407",
    "http://Example.org, example.org",
    "https://example.org, example.org:443",
    "http://example.org:80, example.org",
    "http://[::1]:7407, [::1]:7407",
    "https://chat.example.org, elsewhere.example",
    ", example.org"
  })
  void theServersOwnPageAndConfiguredOnesMayConnect(String origin, String host) {
    assertDoesNotThrow(() -> policy.check(origin, host));
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example, example.org",
    "http://example.org.evil.example, example.org",
    "http://example.org:81, example.org",
    "http://chat.example.org, example.org",
    "null, example.org",
    "file://, example.org",
    "http://example.org,",
    "'http://[', example.org"
  })
  void othersMayNot(String origin, String host) {
    var thrown = assertThrows(ApiException.class, () -> policy.check(origin, host));
    assertEquals(403, thrown.error().status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "chat.example.org", "https://chat.example.org/", "https://a b"})
  void whatIsNoOriginIsRefused(String origin) {
    assertThrows(IllegalArgumentException.class, () -> new OriginPolicy(Set.of(origin)));
  }

  @Test
  void withoutSettingsOnlyItsOwnPageMay() {
    assertThrows(
        ApiException.class,
        () -> new OriginPolicy(Set.of()).check("https://chat.example.org", "example.org"));
  }
}
