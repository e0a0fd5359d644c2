package io.anyserve.metering.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExportConfigTest {

  @Test
  void withoutATableNothingIsHandedOn() {
    assertEquals(ExportConfig.NONE, read(""));
  }

  @Test
  void everySettingIsRead() {
    ExportConfig settings =
        read(
            """
            [metering.export]
            source = "//eu-1/metering"
            topic = "billing.events"
            endpoint = "https://meter.example/api/v1/events"
            authorization = "Bearer abc"
            batch = 100
            timeout = "3s"
            """);
    assertEquals(
        new ExportConfig(
            "//eu-1/metering",
            Optional.of("billing.events"),
            Optional.of(URI.create("https://meter.example/api/v1/events")),
            Optional.of("Bearer abc"),
            100,
            Duration.ofSeconds(3)),
        settings);
    assertFalse(settings.toString().contains("abc"), settings::toString);
  }

  @Test
  void mistakesAreReported() {
    assertTrue(mistakes("endpoint = \"ftp://x/\"").getFirst().contains("an http or https URL"));
    assertTrue(mistakes("endpoint = \"not a url\"").getFirst().startsWith("metering.export: "));
    assertTrue(mistakes("topic = \"a b\"").getFirst().contains("topic: a b"));
    assertTrue(mistakes("source = \" \"").getFirst().contains("a URI reference"));
    assertTrue(mistakes("timeout = \"0s\"").getFirst().contains("metering.export.timeout: 0s"));
    assertTrue(mistakes("batch = 0").getFirst().contains("metering.export.batch: 0"));
    assertTrue(mistakes("url = \"x\"").getFirst().contains("metering.export.url: unknown"));
  }

  @Test
  void theWaitGrowsAndIsBounded() {
    RetryBackoff backoff = new RetryBackoff();
    assertEquals(RetryBackoff.FIRST, backoff.next());
    assertEquals(RetryBackoff.FIRST.multipliedBy(2), backoff.next());
    for (int i = 0; i < 20; i++) {
      backoff.next();
    }
    assertEquals(RetryBackoff.LONGEST, backoff.next());
    backoff.reset();
    assertEquals(RetryBackoff.FIRST, backoff.next());
  }

  private static List<String> mistakes(String entry) {
    Config settings = Config.parse("[metering.export]\n" + entry, Map.of());
    ExportConfig.read(settings.table("metering", "export"));
    return assertThrows(ConfigException.class, () -> settings.check(Set.of("metering"))).problems();
  }

  private static ExportConfig read(String toml) {
    Config settings = Config.parse(toml, Map.of());
    ExportConfig read = ExportConfig.read(settings.table("metering", "export"));
    settings.check(Set.of("metering"));
    return read;
  }
}
