package io.anyserve.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.runtime.Config;
import io.anyserve.standalone.ServiceConfigs;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.simulated.SimulatedConfig;
import io.anyserve.worker.torch.TorchFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/settings.md} has every key that a process reads, and no other. */
final class SettingsReferenceTest {

  private static final Pattern TABLE = Pattern.compile("## `\\[+(.*?)]+`");
  private static final Pattern ENGINE = Pattern.compile("## Options of engine `(.*)`");
  private static final Pattern KEY = Pattern.compile("\\| `([a-z0-9-]+)` \\|.*");
  private static final Pattern EXPECTED = Pattern.compile("one of \\[(.*?)]");

  /** Tables with a key of each kind, so that readers of tables in arrays have some to read. */
  private static final String TOML =
      """
      [kafka]
      [[ingress.key]]
      [[worker.capability]]
      """;

  @Test
  void everyKeyIsDocumented() throws Exception {
    Set<String> read = new TreeSet<>(read());
    read.addAll(options("simulated", () -> SimulatedConfig.of(Map.of("no-such", ""))));
    var torch = new EngineConfig("torch", "none", 1, Map.of("no-such", ""));
    read.addAll(options("torch", () -> new TorchFactory().open(torch)));

    assertEquals(read, documented());
  }

  private static Set<String> read() {
    Config settings = Config.parse(TOML, Map.of());
    ServiceConfigs configuration = new ServiceConfigs(settings);
    configuration.ingress(configuration.objects());
    configuration.router(0);
    configuration.worker();
    configuration.metering();
    configuration.export();
    configuration.tracing();
    configuration.vllmMetrics();
    configuration.usageHttp(0);
    for (String service : Set.of("ingress", "router", "worker", "metering")) {
      configuration.http(service, 0);
    }
    return settings.asked().stream()
        .map(key -> key.replace("[0]", ""))
        .filter(key -> !key.equals("metering.export"))
        .collect(Collectors.toSet());
  }

  private static Set<String> options(
      String engine, org.junit.jupiter.api.function.Executable open) {
    var refused = assertThrows(IllegalArgumentException.class, open);
    Matcher keys = EXPECTED.matcher(String.valueOf(refused.getMessage()));
    assertEquals(true, keys.find(), refused::getMessage);
    return Arrays.stream(keys.group(1).split(", "))
        .map(key -> engine + " " + key)
        .collect(Collectors.toSet());
  }

  private static Set<String> documented() throws Exception {
    Set<String> keys = new TreeSet<>();
    String table = "";
    for (String line : Files.readAllLines(Path.of("../../docs/settings.md"))) {
      Matcher heading = TABLE.matcher(line);
      Matcher engine = ENGINE.matcher(line);
      Matcher key = KEY.matcher(line);
      if (heading.matches()) {
        table = heading.group(1) + ".";
      } else if (engine.matches()) {
        table = engine.group(1) + " ";
      } else if (key.matches()) {
        keys.add(table + key.group(1));
      }
    }
    return keys;
  }
}
