package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.standalone.RunningServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command against services on the simulated engine. */
final class CommandsIT {

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  @Test
  void asksAndBills() {
    Said asked = toServer("ask", "Once upon a time", "--session", "s1", "--max-tokens", "12");
    Said used = toServer("usage", "--session", "s1");

    assertEquals(0, asked.exitCode(), asked.err());
    assertTrue(asked.err().contains("4 prompt + 12 completion tokens in 12 chunks"), asked.err());
    assertEquals(0, used.exitCode(), used.err());
    assertTrue(used.out().contains("4 prompt + 12 completion tokens in 12 chunks"), used.out());
  }

  @Test
  void theDoctorFindsTheServicesAndTheirKafka() {
    Said ports =
        Said.by(
            "doctor",
            "--simulated",
            "--port",
            services.server().split(":", 2)[1],
            "--data",
            folder.resolve("data").toString());
    Said kafka = Said.by("doctor", "--simulated", "--json", "--kafka", services.bootstrapServers());

    assertEquals(0, ports.exitCode(), ports.out());
    assertTrue(ports.out().contains("note     an AnyServe runs on "), ports.out());
    assertTrue(ports.out().contains(": ready. "), ports.out());
    assertEquals(0, kafka.exitCode(), kafka.out());
    assertTrue(kafka.out().contains("share.version 2: share groups are on"), kafka.out());
    assertTrue(kafka.out().contains("topics are as the catalogue says"), kafka.out());
  }

  @Test
  void showsLedgerLinesOfTheTenant() {
    toServer("ask", "Once upon a time", "--session", "drill", "--max-tokens", "3");
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> toServer("usage", "--lines", "--csv").out().contains(",drill,"));
    Said lines = toServer("usage", "--lines", "--csv");
    Said ended = toServer("usage", "--lines", "--to", "2020-01-02T00:00:00Z");
    Said wrong = toServer("usage", "--windows", "minute", "--from", "2020-01-02T00:00:00Z");

    assertTrue(lines.out().startsWith("ended_at,request_id,tenant,session,"), lines.out());
    assertFalse(ended.out().contains("drill"), ended.out());
    assertEquals(1, ended.out().lines().count(), ended.out());
    assertEquals(1, wrong.exitCode());
    assertTrue(wrong.err().contains("at most 2000 windows"), wrong.err());
  }

  @Test
  void fiveMegabytesTravelAsReferencesBothWays() throws Exception {
    byte[] content = new byte[5 << 20];
    new Random(5).nextBytes(content);
    Path there = Files.write(folder.resolve("there.bin"), content);
    Path back = folder.resolve("back.bin");

    Said asked =
        toServer(
            "ask", "--capability", "echo", "--object", there.toString(), "--out", back.toString());

    assertEquals(0, asked.exitCode(), asked.err());
    assertTrue(asked.err().contains("5242880 bytes as tenants/default/"), asked.err());
    assertTrue(asked.out().contains("object tenants/default/"), asked.out());
    assertArrayEquals(content, Files.readAllBytes(back));
  }

  @Test
  void submitsTwoHundredLinesAndGetsTwoHundredResults() throws Exception {
    List<String> lines =
        IntStream.range(0, 200)
            .mapToObj(
                i ->
                    "{\"capability\":\"story\",\"prompt\":\"line %d\",\"max_tokens\":%d,\"session\":\"batch\"}"
                        .formatted(i, 1 + i % 20))
            .toList();
    Path file = Files.write(folder.resolve("batch.jsonl"), lines);
    Path out = folder.resolve("results.jsonl");

    Said submitted = toKafka("submit", file.toString(), "--out", out.toString());

    assertEquals(0, submitted.exitCode(), submitted.err());
    assertTrue(submitted.err().contains("200 of 200 results"), submitted.err());
    List<String> results = Files.readAllLines(out);
    assertEquals(200, results.size());
    assertTrue(results.stream().allMatch(line -> line.contains("\"outcome\":\"finished\"")));
    assertEquals(200, toKafka("results", "--session", "batch").out().lines().count());
  }

  @Test
  void aFileThatIsSubmittedAgainGetsTheResultsThatItHad() throws Exception {
    List<String> lines =
        IntStream.range(1, 4)
            .mapToObj(
                i ->
                    "{\"id\":\"0190aaaa-0000-7000-8000-00000000000%d\",\"capability\":\"story\",\"prompt\":\"again\",\"max_tokens\":4,\"session\":\"again\"}"
                        .formatted(i))
            .toList();
    Path file = Files.write(folder.resolve("again.jsonl"), lines);

    Said first = toKafka("submit", file.toString(), "--timeout", "120");
    Said second = toKafka("submit", file.toString(), "--timeout", "120");

    assertEquals(0, first.exitCode(), first.err());
    assertEquals(0, second.exitCode(), second.err());
    assertEquals(sorted(first.out()), sorted(second.out()));
    assertEquals(3, services.usage("again", 3).getRequests());
  }

  private static List<String> sorted(String lines) {
    return lines.lines().sorted().toList();
  }

  @Test
  void aFileWithOneIdTwiceIsRefused() throws Exception {
    String line = "{\"id\":\"0190aaaa-0000-7000-8000-0000000000ff\",\"prompt\":\"x\"}";
    Path file = Files.write(folder.resolve("twice.jsonl"), List.of(line, "", line));

    Said said = toKafka("submit", file.toString());

    assertEquals(2, said.exitCode());
    assertTrue(said.err().contains("lines 1 and 3: id 0190aaaa-"), said.err());
    assertTrue(said.err().contains("Nothing was published."), said.err());
  }

  @Test
  void anAliasAnswers() {
    assertEquals(0, toKafka("route", "set", "tale", "--alias-of", "story").exitCode());
    assertEquals(0, toKafka("route", "set", "saga", "--fallback", "nobody,story").exitCode());

    for (String name : List.of("tale", "saga")) {
      Said asked = eventuallyAnswered(name);
      assertEquals(0, asked.exitCode(), asked.err());
    }
  }

  /** The table takes a moment to arrive at the router. */
  private static Said eventuallyAnswered(String capability) {
    return Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(
            () -> toServer("ask", "hi", "--capability", capability, "--max-tokens", "3"),
            said -> said.exitCode() == 0);
  }

  @Test
  void topicsAreAsTheCatalogueSays() {
    Said verified = toKafka("topics", "verify", "--capability", "story");

    assertEquals(0, verified.exitCode(), verified.out() + verified.err());
    assertTrue(verified.out().contains(" checked, 0 differ"), verified.out());
    Said dry = toKafka("topics", "create", "--dry-run", "--capability", "new-one");
    assertTrue(dry.out().contains("anyserve.requests.new-one: missing"), dry.out());
    assertEquals(1, toKafka("topics", "verify", "--capability", "new-one").exitCode());
  }

  @Test
  void listsWorkers() {
    Said listed = toServer("workers");

    assertTrue(listed.out().contains("worker-1"), listed.out());
    assertTrue(listed.out().contains("simulated"), listed.out());
    assertTrue(listed.out().contains("PRECISION"), listed.out());
  }

  @Test
  void failuresNameTheirReason() {
    Said unknown = toServer("ask", "hi", "--capability", "no-such");
    assertEquals(1, unknown.exitCode());
    assertTrue(unknown.err().contains("no-such"), unknown.err());

    Said empty = toServer("ask", "");
    assertEquals(1, empty.exitCode());
    assertTrue(empty.err().contains("INVALID_ARGUMENT"), empty.err());

    Said tokens = toServer("ask", "hi", "--max-tokens", "-1");
    assertTrue(tokens.err().contains("max_tokens: -1 (expected: "), tokens.err());
  }

  private static Said toServer(String... arguments) {
    return Said.by(with(arguments, "--server", services.server()));
  }

  private static Said toKafka(String... arguments) {
    return Said.by(with(arguments, "--kafka", services.bootstrapServers()));
  }

  private static String[] with(String[] arguments, String option, String value) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = option;
    all[arguments.length + 1] = value;
    return all;
  }
}
