package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "ask",
        "submit",
        "results",
        "request",
        "usage",
        "workers",
        "topics",
        "route",
        "dlq",
        "run",
        "bench",
        "chaos",
        "load",
        "simulate",
        "capacity",
        "prices",
        "keys",
        "doctor",
        "settings"
      })
  void everyCommandHasHelp(String command) {
    Said said = Said.by(command, "--help");

    assertEquals(0, said.exitCode());
    assertTrue(said.out().startsWith("Usage: anyserve " + command), said.out());
  }

  @Test
  void mistakesInArgumentsGiveTwo() {
    assertEquals(2, Said.by("ask", "--no-such-option").exitCode());
    assertEquals(2, Said.by("ask").exitCode());
    assertEquals(2, Said.by("nonsense").exitCode());
    assertEquals(2, Said.by("run", "engine", "--config", "x").exitCode());
  }

  @Test
  void aPeerNeedsAModelThatItCanRun() {
    Said said = Said.by("bench", "engine", "--peers", "python3", "--config", "config.json");
    assertEquals(2, said.exitCode());
    assertTrue(
        said.err().contains("--peers: beside --config (expected: --model, or neither)"),
        said.err());
  }

  @Test
  void aReplayNeedsLettersAndAnId() {
    assertEquals(2, Said.by("dlq", "replay").exitCode());
    assertEquals(2, Said.by("dlq", "replay", "--all", "0:1").exitCode());
    Said wrong = Said.by("dlq", "show", "7");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("ID: 7 (expected: partition:offset"), wrong.err());
    assertEquals(2, Said.by("dlq", "show", "-1:0").exitCode());
    assertEquals(2, Said.by("dlq", "show", "0:x").exitCode());
  }

  @Test
  void aServerThatIsNotThereIsNamedWithAHint() {
    Said said = Said.by("ask", "hi", "--server", "127.0.0.1:9");

    assertEquals(1, said.exitCode());
    assertTrue(said.err().contains("UNAVAILABLE"), said.err());
    assertTrue(said.err().contains("anyserve up"), said.err());
  }

  @Test
  void aFileWithABadLineIsRefusedBeforeAnythingIsPublished(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("bad.jsonl");
    Files.writeString(file, "{\"prompt\":\"a\"}\nnot json\n[1]\n");

    Said said = Said.by("submit", file.toString(), "--kafka", "127.0.0.1:9");

    assertEquals(2, said.exitCode());
    assertTrue(said.err().contains("line 2: "), said.err());
    assertTrue(said.err().contains("line 3: "), said.err());
    assertTrue(said.err().contains("Nothing was published."), said.err());
  }

  @Test
  void aServerThatDoesNotStartPointsToTheDoctor(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Said up = Said.by("up", "--simulated", "--data", file.toString(), "--port", "20400");
    Said broker = Said.by("run", "broker", "--data", file.toString());
    Said ask = Said.by("ask", "hi", "--server", "127.0.0.1:9");

    assertEquals(1, up.exitCode());
    assertTrue(up.err().contains("Run ./anyserve doctor to see what"), up.err());
    assertTrue(broker.err().contains("Run ./anyserve doctor to see what"), broker.err());
    assertFalse(ask.err().contains("doctor"), ask.err());
  }

  @Test
  void theDoctorNamesWhatDoesNotAnswer(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("services.toml");
    Files.writeString(
        file,
        """
        [kafka]
        bootstrap.servers = "127.0.0.1:9"
        [objects]
        endpoint = "http://127.0.0.1:9"
        access-key = "a"
        secret-key = "b"
        """);

    Said said = Said.by("doctor", "--simulated", "--config", file.toString());

    assertEquals(1, said.exitCode());
    assertTrue(said.out().contains("problem  127.0.0.1:9 does not answer"), said.out());
    assertTrue(said.out().contains("problem  http://127.0.0.1:9: "), said.out());
  }

  @Test
  void theTopicsDescribeThemselves() throws Exception {
    assertEquals(
        Files.readString(Path.of("../../docs/asyncapi.json")), Said.by("topics", "asyncapi").out());
  }

  @Test
  void theApiDescribesItself() throws Exception {
    for (String document : List.of("openapi", "postman")) {
      assertEquals(
          Files.readString(Path.of("../../docs", document + ".json")),
          Said.by("api", document).out());
    }
  }

  @Test
  void allMistakesInSettingsAreReportedTogether(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("bad.toml");
    Files.writeString(
        file,
        """
        [kafka]
        bootstrap.servers = "127.0.0.1:9"
        [topics]
        prefix = "UPPER"
        replication = 0
        [router]
        no-such-key = 1
        [nonsense]
        """);

    Said said = Said.by("run", "router", "--config", file.toString());

    assertEquals(2, said.exitCode());
    assertTrue(said.err().contains("topics: topic prefix: \"UPPER\""), said.err());
    assertTrue(said.err().contains("topics.replication: 0"), said.err());
    assertTrue(said.err().contains("router.no-such-key: unknown"), said.err());
    assertTrue(said.err().contains("[nonsense]: unknown table"), said.err());
  }

  @Test
  void rightsArePrintedForTheRolesAndUsersThatAreNamed() {
    Said said =
        Said.by(
            "topics",
            "acls",
            "--topic-prefix",
            "any.",
            "--role",
            "SUBMITTER",
            "--principal",
            "SUBMITTER=User:batch");

    assertEquals(0, said.exitCode(), said.err());
    assertEquals(
        """
        User:batch WRITE TOPIC LITERAL any.intake
        User:batch READ TOPIC LITERAL any.results
        """,
        said.out());
    assertTrue(
        Said.by("topics", "acls").out().contains("User:anyserve-worker READ GROUP PREFIXED"));
    assertEquals(2, Said.by("topics", "acls", "--role", "NOBODY").exitCode());
  }
}
