package io.anyserve.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Metrics, rules and dashboards against each other, under load on the simulated engine. */
final class ObservabilityIT {

  private static final String SESSION = "observed-session";
  private static final Path DASHBOARDS = Path.of("..", "grafana", "dashboards");
  private static final Path GUIDE = Path.of("..", "..", "docs", "observability.md");
  private static final Set<String> FORBIDDEN =
      Set.of("tenant", "tenant_id", "key", "api_key", "session", "session_id", "request_id");
  private static final Pattern NAME =
      Pattern.compile("\\b((?:anyserve|gen_ai|jvm|process|kafka)_[a-z0-9_]+)\\b");
  private static final long MOST_SERIES = 1000;

  /** What is there only once it has happened, and need not happen here. */
  private static final Set<String> SELDOM =
      Set.of(
          "anyserve_quota_refused_total",
          "anyserve_router_ignored_total",
          "anyserve_tls_reloads_total",
          "anyserve_tls_certificate_expiry_seconds",
          "anyserve_metering_export_events_total",
          "anyserve_metering_export_failures_total",
          "anyserve_metering_export_lag");

  @TempDir static Path data;
  private static final CountDownLatch stopping = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices running;

  @SuppressWarnings("NullAway.Init") // before every test
  private static Thread load;

  @BeforeAll
  static void start() throws Exception {
    running = RunningServices.simulated(Files.createDirectory(data.resolve("services")));
    System.gc();
    load = Thread.ofPlatform().name("load").start(ObservabilityIT::load);
  }

  @AfterAll
  static void stop() throws Exception {
    stopping.countDown();
    load.join();
    running.close();
  }

  private static void load() {
    try (var producer = running.kafka().newProducer("load", Map.of())) {
      do {
        ask("story");
        ask("no-such");
        var _ =
            producer.send(record("{\"capability\":\"story\",\"prompt\":\"x\",\"max_tokens\":3}"));
        var _ = producer.send(record("{broken"));
      } while (!stopping.await(200, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nobody serves the one, and the other perhaps not yet. */
  private static void ask(String capability) {
    var prompt = RunningServices.text("Once upon a time");
    try {
      running.stream(RunningServices.inference(capability, SESSION, prompt, 20));
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.NOT_FOUND, e.getStatus().getCode());
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String json) {
    return new ProducerRecord<>(RunningServices.TOPICS.intake(), json.getBytes(UTF_8));
  }

  private static Scrape scrape() throws IOException, InterruptedException {
    return Scrape.of(running.place().httpPort());
  }

  @Test
  void everyMeterIsDescribed() throws Exception {
    Scrape scrape = scrape();

    assertTrue(scrape.families().size() > 50);
    scrape.help().forEach((family, help) -> assertFalse(help.isBlank(), family));
  }

  @Test
  void labelsAreBounded() throws Exception {
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> scrape().text().contains("gen_ai_client_token_usage"));
    Scrape scrape = scrape();

    Set<String> labels = new TreeSet<>(scrape.labels());
    labels.retainAll(FORBIDDEN);
    assertEquals(Set.of(), labels);
    assertFalse(scrape.text().contains(SESSION));
    for (String family : scrape.families()) {
      assertTrue(scrape.series(family) < MOST_SERIES, family);
    }
  }

  @Test
  void promtoolLikesTheScrape() throws Exception {
    assumeTrue(LocalPrometheus.has("promtool"), "no promtool");
    Path file = Files.writeString(data.resolve("scrape"), scrape().text());

    Process check =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(file.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);

    assertEquals("", said);
    assertEquals(0, check.waitFor());
  }

  @Test
  void rulesAreSound() throws Exception {
    assumeTrue(LocalPrometheus.has("promtool"), "no promtool");
    Path rules = LocalPrometheus.SOURCES.resolve("rules");

    promtool("check", "rules", rules.resolve("anyserve.rules.yml"));
    promtool("test", "rules", rules.resolve("anyserve.tests.yml"));
    promtool("check", "config", LocalPrometheus.SOURCES.resolve("prometheus.yml"));
  }

  private static void promtool(String does, String what, Path file) throws Exception {
    Process process =
        new ProcessBuilder("promtool", does, what, file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @Test
  void everyAlertIsTestedBothWays() throws Exception {
    Path rules = LocalPrometheus.SOURCES.resolve("rules");
    String tests = Files.readString(rules.resolve("anyserve.tests.yml"));

    Matcher alert =
        Pattern.compile("alert: (\\w+)")
            .matcher(Files.readString(rules.resolve("anyserve.rules.yml")));
    int alerts = 0;
    while (alert.find()) {
      alerts++;
      assertTrue(tests.contains("name: " + alert.group(1) + " fires"), alert.group(1));
      assertTrue(tests.contains("name: " + alert.group(1) + " stays silent"), alert.group(1));
    }
    assertTrue(alerts > 10);
  }

  @Test
  void theGuideNamesWhatThereIs() throws Exception {
    String guide = Files.readString(GUIDE);
    Matcher named =
        Pattern.compile("^\\| `((?:anyserve|gen_ai)_[a-z_]+)`", Pattern.MULTILINE).matcher(guide);
    Set<String> expected = new TreeSet<>();
    while (named.find()) {
      expected.add(named.group(1));
    }
    expected.removeAll(SELDOM);
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .untilAsserted(
            () -> {
              Set<String> missing = new TreeSet<>(expected);
              missing.removeAll(scrape().families());
              assertEquals(Set.of(), missing);
            });

    scrape().families().stream()
        .filter(family -> family.startsWith("anyserve_") || family.startsWith("gen_ai_"))
        .forEach(family -> assertTrue(guide.contains("`" + family + "`"), family));
  }

  @Test
  void everyExpressionAnswers() throws Exception {
    assumeTrue(LocalPrometheus.has("prometheus"), "no prometheus");
    try (LocalPrometheus prometheus =
        LocalPrometheus.scraping(
            running.place().httpPort(), Files.createDirectory(data.resolve("prometheus")))) {
      Awaitility.await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> prometheus.answers("up == 1") && !prometheus.rules().isEmpty());
      List<String> silent = new ArrayList<>(expressions(prometheus));
      assertTrue(silent.size() > 60);
      Awaitility.await()
          .pollInterval(Duration.ofSeconds(1))
          .atMost(RunningServices.PATIENCE)
          .untilAsserted(
              () -> {
                silent.removeIf(prometheus::answers);
                assertEquals(List.of(), silent);
              });
      prometheus
          .rules()
          .forEach(rule -> assertEquals("ok", rule.get("health").asString(), rule.toString()));
    }
  }

  /**
   * What dashboards ask, what rules record, and the parts of alerts: those are silent as wholes.
   */
  private static Set<String> expressions(LocalPrometheus prometheus) throws IOException {
    Set<String> all = new TreeSet<>();
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.toList()) {
        asked(new JsonMapper().readTree(Files.readString(file)), all);
      }
    }
    for (JsonNode rule : prometheus.rules()) {
      if (rule.get("type").asString().equals("recording")) {
        all.add(rule.get("name").asString());
      } else {
        Matcher name = NAME.matcher(rule.get("query").asString());
        while (name.find()) {
          all.add(name.group(1));
        }
      }
    }
    all.removeAll(SELDOM);
    return all;
  }

  private static void asked(JsonNode dashboard, Set<String> all) {
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        all.add(target.get("expr").asString().replace("$__rate_interval", "1m"));
      }
    }
  }
}
