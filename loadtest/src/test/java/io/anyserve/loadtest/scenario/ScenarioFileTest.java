package io.anyserve.loadtest.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.arrivals.RateCurve;
import io.anyserve.runtime.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ScenarioFileTest {

  private static final Path SHIPPED = Path.of("scenarios");

  private static final String SMALLEST =
      """
      [scenario]
      name = "smallest"
      [[load.caller]]
      """;

  @Test
  void whatIsLeftOutHasDefaults() {
    Scenario scenario = parse(SMALLEST, Map.of());

    assertEquals("smallest", scenario.name());
    assertEquals(TargetKind.GRPC, scenario.target().kind());
    assertEquals(List.of("127.0.0.1:7400"), scenario.target().addresses());
    assertEquals(Duration.ofMinutes(1), scenario.times().duration());
    assertEquals("story", scenario.callers().getFirst().capability());
    assertTrue(scenario.backlog().isEmpty() && scenario.checks().limits().isEmpty());
  }

  @Test
  void callersAndABacklogThatNameNoCapabilityAskTheOneOfTheLoad() {
    Scenario scenario =
        parse(
            SMALLEST
                + """
                [[load.caller]]
                name = "other"
                capability = "poem"
                [backlog]
                requests = 1
                """,
            Map.of("load.capability", "simulated"));

    assertEquals(
        List.of("simulated", "poem"),
        scenario.callers().stream().map(CallerProfile::capability).toList());
    assertEquals("simulated", scenario.backlog().orElseThrow().capability());
  }

  @Test
  void allMistakesAreNamedTogether() {
    ConfigException problems =
        assertThrows(
            ConfigException.class,
            () ->
                parse(
                    """
                    [scenario]
                    duration = "long"
                    colour = "red"
                    [target]
                    kind = "carrier-pigeon"
                    addresses = "127.0.0.1:7400, nowhere"
                    tls-certificate = "a.pem"
                    [load]
                    pattern = "bursts"
                    burst-every = "1s"
                    burst-length = "2s"
                    [[load.caller]]
                    weight = 0
                    prompt-tokens = "gauss 1 2"
                    flavour = 1
                    [[load.caller]]
                    leave-share = 2
                    [backlog]
                    requests = -1
                    [checks]
                    objective = "ttft.p77=1ms"
                    fail-if = "errors>lots,ttft.p99>250ms"
                    [nonsense]
                    """,
                    Map.of()));

    for (String expected :
        List.of(
            "scenario.name: not set (expected: a name)",
            "scenario.duration: long (expected: a duration",
            "scenario.colour: unknown (expected: one of",
            "target.kind: carrier-pigeon (expected: one of grpc, http-completions, http-chat, kafka)",
            "target: address: \"nowhere\" (expected: HOST:PORT)",
            "target: tls-certificate and tls-key: one of the two",
            "load: burst-length: PT2S (expected: > 0 and below burst-every",
            "load.caller[0].weight: 0 (expected: a number from 0.001",
            "load.caller[0]: prompt-tokens: \"gauss 1 2\" (expected: a number, \"uniform",
            "load.caller[0].flavour: unknown",
            "load.caller[1].leave-share: 2 (expected: a number from 0 to 1)",
            "load.caller.name: \"all\" twice",
            "backlog.requests: -1 (expected: a whole number from 0",
            "checks: \"ttft.p77\" (expected: (ttft|gap|tpot|duration|lag).",
            "checks: errors: \"lots\" (expected: a share like 0.1%)",
            "[nonsense]: unknown table")) {
      assertTrue(
          problems.problems().stream().anyMatch(problem -> problem.startsWith(expected)),
          () -> expected + " is missing in\n" + problems.getMessage());
    }
    assertEquals(16, problems.problems().size(), problems::getMessage);
  }

  @Test
  void aScenarioNeedsCallers() {
    ConfigException problem =
        assertThrows(
            ConfigException.class, () -> parse("[scenario]\nname = \"nobody\"\n", Map.of()));

    assertEquals(
        List.of("load.caller: none (expected: at least one table [[load.caller]])"),
        problem.problems());
  }

  @Test
  void valuesOfTheCallWin() {
    Scenario scenario =
        parse(
            SMALLEST,
            Map.of("load.rate", "40", "target.addresses", "a:1,b:2", "scenario.duration", "5s"));

    var open = assertInstanceOf(Traffic.Open.class, scenario.traffic());
    assertEquals(new RateCurve.Steady(40), open.arrivals().rate());
    assertEquals(List.of("a:1", "b:2"), scenario.target().addresses());
    assertEquals(Duration.ofSeconds(5), scenario.times().duration());
    assertThrows(IllegalArgumentException.class, () -> parse(SMALLEST, Map.of("rate", "1")));
    assertThrows(ConfigException.class, () -> parse(SMALLEST, Map.of("load.rate", "x")));
  }

  @Test
  void unknownValuesOfTheCallAreNamed() {
    ConfigException problems =
        assertThrows(
            ConfigException.class,
            () -> parse(SMALLEST, Map.of("load.colour", "red", "nonsense.rate", "1")));

    assertEquals(
        List.of("load.colour: unknown", "nonsense.rate: unknown"),
        problems.problems().stream().map(problem -> problem.replaceFirst(" \\(.*", "")).toList());
  }

  @Test
  void aTraceMustExist() {
    String replay =
        SMALLEST.replace(
            "[[load.caller]]",
            "[load]\npattern = \"replay\"\ntrace = \"none.csv\"\n[[load.caller]]");

    ConfigException problem = assertThrows(ConfigException.class, () -> parse(replay, Map.of()));

    assertTrue(
        String.valueOf(problem.getMessage()).contains("none.csv (expected: a file that exists)"),
        problem.getMessage());
    var tokens =
        assertInstanceOf(
            Traffic.Replay.class, parse(replay, Map.of("load.trace-format", "tokens")).traffic());
    assertTrue(tokens.source().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void theShippedScenariosAreRead(Path file) throws IOException {
    Scenario scenario = ScenarioFile.read(file, Map.of());

    assertEquals(String.valueOf(file.getFileName()), scenario.name() + ".toml");
    assertTrue(!scenario.description().isEmpty(), scenario.name());
  }

  static List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(SHIPPED)) {
      List<Path> scenarios =
          files.filter(file -> file.toString().endsWith(".toml")).sorted().toList();
      assertEquals(7, scenarios.size());
      return scenarios;
    }
  }

  private static Scenario parse(String toml, Map<String, String> overrides) {
    return ScenarioFile.parse(toml, Path.of("."), overrides);
  }
}
