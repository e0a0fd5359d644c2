package io.anyserve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigTest {

  private static final Set<String> TABLES = Set.of("ingress", "kafka", "worker");

  @Test
  void readsValuesAndDefaults() {
    Config settings =
        Config.parse("[ingress]\nport = 9000\ngrace = \"5m\"\nopen = true\n", Map.of());
    ConfigSection ingress = settings.section("ingress");

    assertEquals(9000, ingress.integer("port", 1, 1, 65535, "Port."));
    assertEquals(
        Duration.ofMinutes(5), ingress.duration("grace", Duration.ZERO, Duration.ZERO, "Grace."));
    assertEquals(true, ingress.flag("open", false, "Open."));
    assertEquals("127.0.0.1", ingress.text("host", "127.0.0.1", "Host."));
    settings.check(TABLES);
  }

  @Test
  void severalReadersShareOneTable() {
    Config settings = Config.parse("[ingress]\nport = 9000\nhttp-port = 9001\n", Map.of());

    assertEquals(9000, settings.section("ingress").integer("port", 1, 1, 65535, "Port."));
    assertEquals(9001, settings.section("ingress").integer("http-port", 1, 1, 65535, "Port."));
    settings.check(TABLES);
  }

  @Test
  void environmentWinsOverTheFile() {
    Config settings =
        Config.parse(
            "[ingress]\nhttp-port = 9000\n[kafka]\nacks = \"1\"\n",
            Map.of(
                "ANYSERVE_INGRESS_HTTP_PORT",
                "9001",
                "ANYSERVE_KAFKA_BOOTSTRAP_SERVERS",
                "broker:9092"));

    assertEquals(9001, settings.section("ingress").integer("http-port", 1, 1, 65535, "Port."));
    assertEquals(
        Map.of("acks", "1", "bootstrap.servers", "broker:9092"),
        settings.section("kafka").passThrough());
  }

  @Test
  void aVariableMayNameAFileWithTheValue(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "from the file\n");
    Map<String, String> named = Map.of("ANYSERVE_INGRESS_RESUME_KEY_FILE", file.toString());

    assertEquals(Optional.of("from the file"), resumeKey("[ingress]\nresume-key = \"x\"\n", named));
    assertEquals(
        Optional.of("plain"),
        resumeKey(
            "",
            Map.of(
                "ANYSERVE_INGRESS_RESUME_KEY",
                "plain",
                "ANYSERVE_INGRESS_RESUME_KEY_FILE",
                file.toString())));
  }

  @Test
  void aFileThatCannotBeReadIsAMistake() {
    Config settings = Config.parse("", Map.of("ANYSERVE_INGRESS_RESUME_KEY_FILE", "/no/such/file"));
    settings.section("ingress").secret("resume-key", "random", "Key.");

    assertEquals(
        List.of(
            "ingress.resume-key: ANYSERVE_INGRESS_RESUME_KEY_FILE=/no/such/file (expected: a text"
                + " file that can be read)"),
        assertThrows(ConfigException.class, () -> settings.check(TABLES)).problems());
  }

  @Test
  void theHostHasTheNameThatItsEnvironmentTells() {
    assertEquals(Optional.of("web-1"), Config.parse("", Map.of("HOSTNAME", "web-1")).hostName());
    assertEquals(Optional.empty(), Config.parse("", Map.of("HOSTNAME", " ")).hostName());
    assertEquals(Optional.empty(), Config.parse("", Map.of()).hostName());
  }

  private static Optional<String> resumeKey(String toml, Map<String, String> environment) {
    Config settings = Config.parse(toml, environment);
    Optional<String> key = settings.section("ingress").secret("resume-key", "random", "Key.");
    settings.check(TABLES);
    return key;
  }

  @Test
  void aTableWithinATableIsASectionOfItsOwn() {
    Config settings =
        Config.parse(
            "[worker]\nid = \"w\"\n[worker.inner]\nsize = 3\nwrong = 1\n",
            Map.of("ANYSERVE_WORKER_INNER_NAME", "n"));
    ConfigSection inner = settings.table("worker", "inner");

    assertEquals("w", settings.section("worker").text("id", "", "Id."));
    assertEquals(3, inner.integer("size", 1, 1, 9, "Size."));
    assertEquals("n", inner.text("name", "", "Name."));
    var refused = assertThrows(ConfigException.class, () -> settings.check(TABLES));
    assertEquals(1, refused.problems().size(), refused::getMessage);
    assertEquals(
        "worker.inner.wrong: unknown (expected: one of [name, size])",
        refused.problems().getFirst());
  }

  @Test
  void dottedKeysPassThrough() {
    Config settings =
        Config.parse("[kafka]\nbootstrap.servers = \"b:1\"\nssl.protocol = \"TLS\"\n", Map.of());

    assertEquals(
        Map.of("bootstrap.servers", "b:1", "ssl.protocol", "TLS"),
        settings.section("kafka").passThrough());
  }

  @Test
  void aFileMayHoldAKeyThatPassesThrough(@TempDir Path folder) throws IOException {
    Path login = Files.writeString(folder.resolve("login"), "module required;\n");
    Config settings =
        Config.parse("", Map.of("ANYSERVE_KAFKA_SASL_JAAS_CONFIG_FILE", login.toString()));

    assertEquals(
        Map.of("sasl.jaas.config", "module required;"), settings.section("kafka").passThrough());
  }

  @Test
  void reportsEveryMistakeAtOnce() {
    Config settings =
        Config.parse(
            """
            [ingress]
            port = 70000
            grace = "soon"
            prot = 1
            [inggress]
            port = 1
            """,
            Map.of());
    ConfigSection ingress = settings.section("ingress");
    ingress.integer("port", 1, 1, 65535, "Port.");
    ingress.duration("grace", Duration.ZERO, Duration.ZERO, "Grace.");
    ingress.required("key", "a name", "Key.");

    ConfigException e = assertThrows(ConfigException.class, () -> settings.check(TABLES));

    assertEquals(
        List.of(
            "ingress.port: 70000 (expected: a whole number from 1 to 65535)",
            "ingress.grace: soon (expected: a duration, such as 500ms, 30s, 5m, 2h or 1d)",
            "ingress.key: not set (expected: a name)",
            "[inggress]: unknown table (expected: one of [ingress, kafka, worker])",
            "ingress.prot: unknown (expected: one of [grace, key, port])"),
        e.problems());
  }

  @Test
  void readsArraysOfTables() {
    Config settings =
        Config.parse(
            """
            [worker]
            id = "w"
            [[worker.capability]]
            name = "a"
            [[worker.capability]]
            name = "b"
            """,
            Map.of());
    settings.section("worker").text("id", "", "Id.");

    assertEquals(
        List.of("a", "b"),
        settings.tables("worker", "capability").stream()
            .map(table -> table.text("name", "", "Name."))
            .toList());
    settings.check(TABLES);
  }

  @Test
  void readsDescribeWhatTheyRead() {
    Config settings = Config.parse("[worker]\nslots = 3\n", Map.of());
    ConfigSection worker = settings.section("worker");
    worker.integer("slots", 8, 1, 64, "Slots.");
    worker.duration("drain", Duration.ofMinutes(2), Duration.ofMillis(1), "Drain.");
    worker.duration("lock", Duration.ofHours(36), Duration.ZERO, Duration.ofDays(7), "Lock.");
    worker.number("rate", 0.5, 0, 1e6, "Rate.");
    worker.secret("key", "none", "Key.");
    worker.choice("mode", List.of(1, 2), Object::toString, "by the engine", "Mode.");

    assertEquals(
        Map.of(
            "worker",
            List.of(
                new Setting("slots", "whole number from 1 to 64", "8", "Slots."),
                new Setting("drain", "duration of at least 1ms", "`2m`", "Drain."),
                new Setting("lock", "duration from 0s to 7d", "`36h`", "Lock."),
                new Setting("rate", "number from 0 to 1000000", "0.5", "Rate."),
                new Setting("key", "text, secret", "none", "Key."),
                new Setting("mode", "one of 1, 2", "by the engine", "Mode."))),
        settings.settings());
  }

  @Test
  void aValueOutsideItsRangeIsRefused() {
    Config settings =
        Config.of(
            "worker",
            Map.of("lock", "2m", "drain", "0s", "rate", "NaN", "mode", "3", "long", "1d"));
    ConfigSection worker = settings.section("worker");
    Duration second = Duration.ofSeconds(1);
    worker.duration("lock", second, second, Duration.ofMinutes(1), "Lock.");
    worker.duration("drain", second, Duration.ofMillis(1), "Drain.");
    worker.number("rate", 0.5, 0, 1, "Rate.");
    worker.choice("mode", List.of(1, 2), Object::toString, "by the engine", "Mode.");
    worker.duration("long", second, second, "Long.");

    ConfigException e = assertThrows(ConfigException.class, () -> settings.check(TABLES));

    assertEquals(
        List.of(
            "worker.lock: 2m (expected: a duration from 1s to 1m, such as 500ms, 30s, 5m, 2h or 1d)",
            "worker.drain: 0s (expected: a duration of at least 1ms, such as 500ms, 30s, 5m, 2h or 1d)",
            "worker.rate: NaN (expected: a number from 0 to 1)",
            "worker.mode: 3 (expected: one of 1, 2)"),
        e.problems());
  }

  @Test
  void refusesWhatIsNoToml() {
    assertThrows(ConfigException.class, () -> Config.parse("[ingress", Map.of()));
    assertThrows(ConfigException.class, () -> Config.read(Path.of("no/such.toml"), Map.of()));
  }
}
