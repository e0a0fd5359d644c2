package io.anyserve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConfigTest {

  private static final Set<String> TABLES = Set.of("ingress", "kafka", "worker");

  @Test
  void readsValuesAndDefaults() {
    Config settings =
        Config.parse("[ingress]\nport = 9000\ngrace = \"5m\"\nopen = true\n", Map.of());
    ConfigSection ingress = settings.section("ingress");

    assertEquals(9000, ingress.integer("port", 1, 1, 65535));
    assertEquals(Duration.ofMinutes(5), ingress.duration("grace", Duration.ZERO));
    assertEquals(true, ingress.flag("open", false));
    assertEquals("127.0.0.1", ingress.text("host", "127.0.0.1"));
    settings.check(TABLES);
  }

  @Test
  void severalReadersShareOneTable() {
    Config settings = Config.parse("[ingress]\nport = 9000\nhttp-port = 9001\n", Map.of());

    assertEquals(9000, settings.section("ingress").integer("port", 1, 1, 65535));
    assertEquals(9001, settings.section("ingress").integer("http-port", 1, 1, 65535));
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

    assertEquals(9001, settings.section("ingress").integer("http-port", 1, 1, 65535));
    assertEquals(
        Map.of("acks", "1", "bootstrap.servers", "broker:9092"),
        settings.section("kafka").passThrough());
  }

  @Test
  void aTableWithinATableIsASectionOfItsOwn() {
    Config settings =
        Config.parse(
            "[worker]\nid = \"w\"\n[worker.inner]\nsize = 3\nwrong = 1\n",
            Map.of("ANYSERVE_WORKER_INNER_NAME", "n"));
    ConfigSection inner = settings.table("worker", "inner");

    assertEquals("w", settings.section("worker").text("id", ""));
    assertEquals(3, inner.integer("size", 1, 1, 9));
    assertEquals("n", inner.text("name", ""));
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
    ingress.integer("port", 1, 1, 65535);
    ingress.duration("grace", Duration.ZERO);
    ingress.required("key", "a name");

    ConfigException e = assertThrows(ConfigException.class, () -> settings.check(TABLES));

    assertEquals(
        List.of(
            "ingress.port: 70000 (expected: a whole number from 1 to 65535)",
            "ingress.grace: soon (expected: a duration like 500ms, 30s, 5m, 2h or 1d)",
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
    settings.section("worker").text("id", "");

    assertEquals(
        List.of("a", "b"),
        settings.tables("worker", "capability").stream()
            .map(table -> table.text("name", ""))
            .toList());
    settings.check(TABLES);
  }

  @Test
  void refusesWhatIsNoToml() {
    assertThrows(ConfigException.class, () -> Config.parse("[ingress", Map.of()));
    assertThrows(ConfigException.class, () -> Config.read(Path.of("no/such.toml"), Map.of()));
  }
}
