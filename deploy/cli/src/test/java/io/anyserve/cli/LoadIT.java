package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.standalone.RunningServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code anyserve load} against every service. A slow machine may make the generator late. */
@Timeout(300)
final class LoadIT {

  private static final int VIOLATED = 4;
  private static final int LATE = 5;
  private static final int REQUESTS = 200;

  private static final String SCENARIO =
      """
      [scenario]
      name = "two hundred"
      warm-up = "0s"
      duration = "4s"
      patience = "2m"

      [load]
      pattern = "constant"
      rate = 50

      [[load.caller]]
      prompt-tokens = "uniform 2 40"
      answer-tokens = "6"
      """;

  @TempDir static Path data;

  @SuppressWarnings("NullAway.Init")
  private static RunningServices services;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(data);
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "http-completions", "http-chat", "kafka"})
  void nothingIsLost(String target, @TempDir Path folder) throws IOException {
    PhaseReport phase = load(folder, SCENARIO, target).phases().getFirst();

    PhaseReport.Counts counts = phase.counts();
    assertEquals(REQUESTS, counts.sent());
    assertEquals(REQUESTS, counts.finished(), phase.errors()::toString);
    assertEquals(0, counts.lost());
    assertEquals(6L * REQUESTS, counts.tokens());
    assertEquals(target.equals("kafka") ? 0 : REQUESTS, phase.latencies().firstToken().count());
    assertEquals(1, phase.processes().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "http-chat"})
  void conversationsAndCallersThatHangUp(String target, @TempDir Path folder) throws IOException {
    String conversations =
        SCENARIO
                .replace("\"constant\"\nrate = 50", "\"closed\"\ncallers = 5")
                .replace("answer-tokens", "turns = \"3\"\nthink-time = \"10ms\"\nanswer-tokens")
            + """
            [[load.caller]]
            name = "leaver"
            answer-tokens = "300"
            leave-share = 1
            leave-after = "2"
            slow-share = 1
            slow-pause = "5ms"
            """;

    PhaseReport phase = load(folder, conversations, target).phases().getFirst();

    PhaseReport.Counts counts = phase.counts();
    assertEquals(0, counts.failed(), phase.errors()::toString);
    assertEquals(0, counts.lost());
    assertTrue(counts.finished() > 0 && counts.left() > 0, counts.toString());
  }

  @Test
  void aBacklogIsMeasuredBesideInteractiveRequests(@TempDir Path folder) throws IOException {
    LoadReport report =
        load(folder, SCENARIO + "\n[backlog]\nrequests = 300\nanswer-tokens = \"8\"\n", "grpc");

    assertEquals(
        List.of(
            "interactive alone",
            "backlog alone",
            "interactive beside backlog",
            "backlog beside interactive"),
        report.phases().stream().map(PhaseReport::name).toList());
    report.phases().forEach(phase -> assertEquals(0, phase.counts().errorPercent(), phase.name()));
    assertEquals(8L * 300, report.phases().get(1).counts().tokens());
    assertTrue(report.idle() != null && report.idle().capacity() > 0);
  }

  @Test
  void aTopicIsReplayed(@TempDir Path folder) throws IOException {
    load(folder, SCENARIO, "grpc");
    String replay =
        SCENARIO.replace("\"constant\"", "\"replay\"\ntrace-format = \"tokens\"\nspeed = 1000");

    PhaseReport phase = load(folder, replay, "grpc").phases().getFirst();

    assertTrue(phase.counts().finished() >= REQUESTS, phase.counts().toString());
    assertEquals(phase.counts().sent(), phase.counts().finished());
  }

  @Test
  void limitsAndWrongScenariosHaveExitCodes(@TempDir Path folder) throws IOException {
    Path file = scenario(folder, SCENARIO);
    String server = services.server();

    Said violated =
        Said.by(
            "load",
            file.toString(),
            "--server",
            server,
            "--duration",
            "1s",
            "--fail-if",
            "requests<1000000",
            "--metrics",
            "");
    Said wrong =
        Said.by("load", file.toString(), "--set", "load.rate=-1", "--set", "load.colour=red");

    assertEquals(VIOLATED, violated.exitCode(), violated.err());
    assertTrue(violated.out().contains("violated: load: requests is "), violated.out());
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("load.rate: -1 (expected: a number from 0"), wrong.err());
    assertTrue(wrong.err().contains("load.colour: unknown"), wrong.err());
    assertEquals(2, Said.by("load").exitCode());
    assertEquals(2, Said.by("load", file.toString(), "--fail-if", "x>1").exitCode());
    assertEquals(1, Said.by("load", "no-such-scenario").exitCode());
  }

  private static LoadReport load(Path folder, String scenario, String target) throws IOException {
    Path json = folder.resolve("report.json");
    Path html = folder.resolve("report.html");
    String server =
        target.startsWith("http") ? "127.0.0.1:" + services.place().apiPort() : services.server();
    Said said =
        Said.by(
            "load",
            scenario(folder, scenario).toString(),
            "--target",
            target,
            "--server",
            server,
            "--kafka",
            services.bootstrapServers(),
            "--metrics",
            "http://127.0.0.1:" + services.place().httpPort() + "/metrics",
            "--json",
            json.toString(),
            "--html",
            html.toString());
    assertTrue(said.exitCode() == 0 || said.exitCode() == LATE, said.err() + said.out());
    assertTrue(Files.readString(html).startsWith("<!doctype html>"));
    return LoadReport.read(json);
  }

  private static Path scenario(Path folder, String toml) throws IOException {
    return Files.writeString(folder.resolve("scenario.toml"), toml);
  }
}
