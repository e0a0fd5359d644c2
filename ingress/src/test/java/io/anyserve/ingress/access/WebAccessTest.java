package io.anyserve.ingress.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebAccessTest {

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "LOCALHOST, true",
    "chat.localhost, true",
    "127.0.0.1, true",
    "192.168.0.7, true",
    "::1, true",
    "[::1], true",
    "[fe80::1%eth0], true",
    "evil.example, false",
    "evil.example:80:80, false",
    "[evil.example:80], false",
    "localhost.evil.example, false",
    "127.0.0.1.evil.example, false",
    "1.2.3, false",
    "'', false",
  })
  void onLoopbackOnlyItsOwnNamesAreTheServers(String host, boolean allowed) {
    assertEquals(allowed, AllowedHosts.of("127.0.0.1", Set.of()).allows(host));
  }

  @Test
  void namesAreAddedAndElsewhereNeeded() {
    assertTrue(AllowedHosts.of("127.0.0.1", Set.of("Chat.example")).allows("chat.EXAMPLE"));
    assertTrue(AllowedHosts.of("0.0.0.0", Set.of()).allows("any.example"));
    assertFalse(AllowedHosts.of("0.0.0.0", Set.of("chat.example")).allows("any.example"));
  }

  @Test
  void theSettingsAreLists() {
    WebAccess access =
        WebAccess.read(
            Config.of(
                    "ingress",
                    Map.of(
                        "allowed-hosts",
                        " a.example, b.example ,",
                        "cors-origins",
                        "https://a.example,http://[::1]:3000"))
                .section("ingress"),
            "localhost");
    assertEquals(Set.of("a.example", "b.example"), access.hosts().names());
    assertTrue(access.origins().lists("https://A.example"));
    assertTrue(access.origins().lists("http://[::1]:3000"));
    assertFalse(access.origins().lists("http://a.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "https://*", "null", "a.example", "https://a.example/", "http://a b"})
  void whatIsNoOriginIsRefusedAtTheStart(String origin) {
    assertRefused("cors-origins", origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "a.example:80", "https://a.example", "a/b"})
  void whatIsNoNameIsRefusedAtTheStart(String host) {
    assertRefused("allowed-hosts", host);
  }

  private static void assertRefused(String setting, String value) {
    Config config = Config.of("ingress", Map.of(setting, value));
    assertEquals(
        WebAccess.local("localhost"), WebAccess.read(config.section("ingress"), "localhost"));
    var thrown = assertThrows(ConfigException.class, () -> config.check(Set.of("ingress")));
    assertTrue(
        thrown.problems().getFirst().startsWith("ingress: " + setting + ": " + value),
        thrown.problems()::toString);
  }

  @Test
  void aPageOfThisServerIsItsOwnWhateverTheScheme() {
    assertTrue(AllowedOrigins.isOwn("http://127.0.0.1:7407", "127.0.0.1:7407"));
    assertTrue(AllowedOrigins.isOwn("https://chat.example", "chat.example"));
    assertFalse(AllowedOrigins.isOwn("http://127.0.0.1:3000", "127.0.0.1:7407"));
    assertFalse(AllowedOrigins.isOwn("null", "null"));
  }
}
