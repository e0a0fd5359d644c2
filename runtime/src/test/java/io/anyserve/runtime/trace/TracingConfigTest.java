package io.anyserve.runtime.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TracingConfigTest {

  private static final Set<String> TABLES = Set.of("tracing");

  @Test
  void nothingMeansOff() {
    assertEquals(TracingConfig.OFF, read("", Map.of(), Optional.empty()));
    assertEquals(Tracing.OFF, Tracing.of(TracingConfig.OFF));
  }

  @Test
  void theTableWinsOverTheCommonVariable() {
    TracingConfig settings =
        read(
            "[tracing]\nendpoint = \"http://here:4318\"\nratio = 0.1",
            Map.of("ANYSERVE_TRACING_SERVICE", "ingress-1"),
            Optional.of("http://there:4318"));

    assertEquals(
        new TracingConfig(Optional.of(URI.create("http://here:4318")), 0.1, "ingress-1"), settings);
    assertEquals(
        Optional.of(URI.create("http://there:4318")),
        read("", Map.of(), Optional.of("http://there:4318")).endpoint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"endpoint = \"here:4318\"", "endpoint = \"ftp://x\"", "ratio = 2"})
  void mistakesAreNamed(String line) {
    Config settings = Config.parse("[tracing]\n" + line, Map.of());
    TracingConfig.read(settings.section("tracing"), Optional.empty());

    var e = assertThrows(ConfigException.class, () -> settings.check(TABLES));

    assertTrue(String.valueOf(e.getMessage()).contains(line.substring(0, line.indexOf(' '))));
  }

  private static TracingConfig read(
      String toml, Map<String, String> environment, Optional<String> otherwise) {
    Config settings = Config.parse(toml, environment);
    TracingConfig read = TracingConfig.read(settings.section("tracing"), otherwise);
    settings.check(TABLES);
    return read;
  }
}
