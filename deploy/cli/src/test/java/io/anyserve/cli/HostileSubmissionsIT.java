package io.anyserve.cli;

import static io.anyserve.contracts.FailureCode.IDEMPOTENCY_CONFLICT;
import static io.anyserve.contracts.FailureCode.INVALID_REQUEST;
import static io.anyserve.contracts.FailureCode.TOO_LARGE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.chaos.cluster.RefusedRequests;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.RunningServices;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever a producer writes to Kafka: who can be told is told, nothing runs that must not, the
 * services live on, and the ledger agrees with the log.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostileSubmissionsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(45);
  private static final int BOMB = 64 << 20;
  private static final TenantId OWNER = new TenantId("default");
  private static final TenantId STRANGER = new TenantId("stranger");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @SuppressWarnings("NullAway.Init") // before every test
  private static PlainClient client;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
    client = new PlainClient(KafkaClients.of(services.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    client.close();
    services.close();
  }

  @AfterEach
  void stillAnswers() throws Exception {
    for (String priority : List.of("interactive", "batch")) {
      RequestId id = client.newId();
      client.submit(id, request(id, OWNER, "still there", ",\"lane\":\"" + priority + "\""));
      assertTrue(result(id).outcome() instanceof Finished, priority);
    }
  }

  @Test
  void anAbortedTransactionIsNotRead() throws Exception {
    RequestId aborted = client.newId();
    try (var producer = transaction("aborts")) {
      producer.beginTransaction();
      PlainClient.write(producer, intake(), aborted, request(aborted, OWNER, "aborted", ""));
      producer.abortTransaction();
    }
    RequestId behind = client.newId();
    client.submit(behind, request(behind, OWNER, "behind it", ""));

    assertTrue(result(behind).outcome() instanceof Finished);
    assertEquals(0, client.runs(aborted));
    assertEquals(List.of(), client.results(aborted));
  }

  @Test
  void anOpenTransactionIsReadWhenItIsCommitted() throws Exception {
    RequestId open = client.newId();
    RequestId left = client.newId();
    try (var producer = transaction("commits");
        var other = transaction("leaves")) {
      producer.beginTransaction();
      PlainClient.write(producer, intake(), open, request(open, OWNER, "open", ""));
      producer.commitTransaction();
      other.beginTransaction();
      PlainClient.write(other, intake(), left, request(left, OWNER, "left open", ""));

      assertTrue(result(open).outcome() instanceof Finished);
      assertEquals(0, client.runs(left));
      other.abortTransaction();
    }
    assertEquals(1, client.runs(open));
    assertEquals(0, client.runs(left));
  }

  @Test
  void whatTheLedgerCannotHoldIsRefused() throws Exception {
    assertRefused(RefusedRequests.implausible(System.currentTimeMillis()));
  }

  @Test
  void tooManyAttemptsOnATopicOfWorkBecomeADeadLetter() throws Exception {
    List<TopicOffset> written = new ArrayList<>();
    for (Priority priority : Priority.values()) {
      String topic = PlainClient.TOPICS.requests(new Capability("story"), priority);
      RequestId id = client.newId();
      byte[] value = RefusedRequests.tooManyAttempts(id, System.currentTimeMillis());
      written.add(client.write(topic, id, value));
    }

    Awaitility.await().atMost(PATIENCE).until(() -> written.stream().allMatch(client::explained));
  }

  @Test
  void oneLetterSixtyMillionTimesIsADeadLetterOrNotTaken() throws Exception {
    RequestId before = client.newId();
    RequestId bomb = client.newId();
    RequestId behind = client.newId();
    client.submit(before, request(before, OWNER, "before it", ""));
    try (var producer = compressing()) {
      TopicOffset at =
          PlainClient.write(producer, intake(), bomb, request(bomb, OWNER, "a".repeat(BOMB), ""));
      Awaitility.await().atMost(PATIENCE).until(() -> client.explained(at));
    } catch (java.util.concurrent.ExecutionException e) {
      assertTrue(e.getCause() instanceof RecordTooLargeException, e.toString());
    }
    client.submit(behind, request(behind, OWNER, "behind it", ""));

    assertTrue(result(before).outcome() instanceof Finished);
    assertTrue(result(behind).outcome() instanceof Finished);
    assertEquals(0, client.runs(bomb));
  }

  @Test
  void aKnownIdGetsItsEarlierResult() throws Exception {
    RequestId id = client.newId();
    byte[] value = request(id, OWNER, "once", ",\"session\":\"known-id\"");
    client.submit(id, value);
    RequestResult first = result(id);
    client.submit(id, value);

    List<RequestResult> both = results(id, 2);
    assertEquals(first.outcome(), both.getLast().outcome());
    assertEquals(1, client.runs(id));
    assertEquals(1, client.lines("known-id").size());
  }

  @Test
  void anIdBelongsToWhatItWasFirstUsedFor() throws Exception {
    RequestId id = client.newId();
    client.submit(id, request(id, OWNER, "mine", ",\"session\":\"whose-id\""));
    RequestResult mine = result(id);
    client.submit(id, request(id, STRANGER, "mine", ",\"session\":\"whose-id\""));
    client.submit(id, request(id, OWNER, "something else", ",\"session\":\"whose-id\""));

    List<RequestResult> all = results(id, 3);
    assertTrue(mine.outcome() instanceof Finished);
    assertEquals(IDEMPOTENCY_CONFLICT, code(all.get(1)));
    assertEquals(STRANGER, all.get(1).context().tenant());
    assertEquals(IDEMPOTENCY_CONFLICT, code(all.get(2)));
    assertEquals(OWNER, all.get(2).context().tenant());
    assertEquals(1, client.runs(id));
    assertEquals(1, client.lines("whose-id").size());
  }

  @Test
  void aFileThatWasSubmittedBeforeGetsItsResultsAgain() throws Exception {
    Path file = file("again.jsonl", List.of(line(client.newId()), line(client.newId())));

    Said first = submit(file);
    Said second = submit(file);

    assertEquals(0, first.exitCode(), first.err());
    assertEquals(0, second.exitCode(), second.err());
    assertTrue(second.err().contains("2 of 2 results"), second.err());
    assertEquals(
        Set.copyOf(first.out().lines().toList()), Set.copyOf(second.out().lines().toList()));
  }

  @Test
  void aFileWithAnIdTwiceIsRefusedNamingBothLines() throws Exception {
    RequestId twice = client.newId();
    Path file =
        file("twice.jsonl", List.of(line(client.newId()), "", line(twice), "", line(twice)));

    Said said = submit(file);

    String words = said.err().replace(twice.toString(), "ID");
    assertNotEquals(0, said.exitCode(), words);
    assertTrue(Pattern.compile("\\b3\\b").matcher(words).find(), words);
    assertTrue(Pattern.compile("\\b5\\b").matcher(words).find(), words);
    assertEquals(List.of(), client.results(twice));
  }

  @Test
  void whatCannotBeReadIsRefusedToWhomeverTheKeyNames() throws Exception {
    assertRefused(RefusedRequests.unreadable(System.currentTimeMillis()));
  }

  @Test
  void aByteOrderMarkIsRead() throws Exception {
    RequestId id = client.newId();
    String marked = "\uFEFF" + new String(request(id, OWNER, "marked", ""), UTF_8);
    client.submit(id, marked.getBytes(UTF_8));

    assertTrue(result(id).outcome() instanceof Finished);
  }

  @Test
  void submittingAFileEndsAlsoWithLinesThatAreRefused() throws Exception {
    RequestId refused = client.newId();
    String longName = "\"labels\":{\"" + "n".repeat(300) + "\":\"v\"}";
    Path file =
        file(
            "refused.jsonl",
            List.of(
                line(client.newId()),
                line(refused).replace("\"prompt\"", longName + ",\"prompt\"")));

    Said said = submit(file);

    assertTrue(said.err().contains("2 of 2 results"), said.err());
    assertTrue(said.err().contains("1 refused"), said.err());
    assertTrue(said.out().contains(refused.toString()), said.out());
  }

  @Test
  void textThatCannotBeShownIsRefused() throws Exception {
    assertRefused(RefusedRequests.unprintable(System.currentTimeMillis()));
  }

  @Test
  void plainJsonIsAnsweredWithPlainJson() throws Exception {
    RequestId id = client.newId();
    client.submit(
        id,
        request(id, OWNER, "Once upon a time", ",\"session\":\"shape\",\"labels\":{\"a\":\"b\"}"));
    result(id);

    var record = client.results(id).getFirst();
    JsonNode result = new JsonMapper().readTree(record.value());
    assertEquals("application/json", PlainClient.header(record, "content-type"));
    assertEquals(id.toString(), result.get("id").asString());
    assertEquals("finished", result.get("outcome").asString());
    assertTrue(Set.of("stop", "length").contains(result.get("finish_reason").asString()));
    assertFalse(result.get("text").asString().isBlank());
    assertTrue(result.get("usage").get("prompt_tokens").isIntegralNumber());
    assertEquals(4, result.get("usage").get("prompt_tokens").asInt());
    assertEquals(3, result.get("usage").get("completion_tokens").asInt());
    assertEquals(1, result.get("served_by").get("attempts").asInt());
    assertFalse(result.get("served_by").get("delegated").asBoolean());
    assertEquals("b", result.get("labels").get("a").asString());
    assertFalse(result.has("error"), result.toString());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void theLedgerAgreesAndEverythingIsReady() throws Exception {
    Said verified = verify();
    int http = Integer.parseInt(services.server().split(":", 2)[1]) + 1;
    URI readiness = URI.create("http://127.0.0.1:" + http + "/readiness");

    assertEquals(0, verified.exitCode(), verified.out() + verified.err());
    try (HttpClient browser = HttpClient.newHttpClient()) {
      var answer =
          browser.send(
              HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  /** One that must be refused. */
  private record Submitted(String what, RequestId id, TopicOffset at) {

    List<String> unlikeRefusal() {
      List<String> wrong = new ArrayList<>();
      List<RequestResult> results = client.decodedResults(id);
      if (results.size() != 1) {
        wrong.add(what + ": " + results.size() + " results");
      }
      results.stream()
          .filter(result -> !refused(result))
          .forEach(result -> wrong.add(what + ": its result is " + result.outcome()));
      if (!client.explained(at)) {
        wrong.add(what + ": no dead letter");
      }
      if (client.runs(id) > 0) {
        wrong.add(what + ": it ran");
      }
      return wrong;
    }
  }

  /** Each gets a failed result and a dead letter, and none runs. */
  private static void assertRefused(Map<String, Function<RequestId, byte[]>> values)
      throws Exception {
    List<Submitted> all = new ArrayList<>();
    for (var value : values.entrySet()) {
      RequestId id = client.newId();
      TopicOffset at = client.submit(id, value.getValue().apply(id));
      all.add(new Submitted(value.getKey(), id, at));
    }
    awaitAnswers(all);

    List<String> wrong = all.stream().flatMap(one -> one.unlikeRefusal().stream()).toList();
    assertEquals(List.of(), wrong, String.join("\n", wrong));
  }

  private static void awaitAnswers(List<Submitted> all) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> all.stream().noneMatch(one -> client.results(one.id()).isEmpty()));
    } catch (ConditionTimeoutException e) {
      // the caller names those without an answer
    }
  }

  private static boolean refused(RequestResult result) {
    return result.outcome() instanceof Failed failed
        && Set.of(INVALID_REQUEST, TOO_LARGE).contains(failed.failure().code());
  }

  private static FailureCode code(RequestResult result) {
    return ((Failed) result.outcome()).failure().code();
  }

  private static RequestResult result(RequestId id) {
    return results(id, 1).getFirst();
  }

  private static List<RequestResult> results(RequestId id, int number) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> client.decodedResults(id), found -> found.size() >= number);
  }

  private static KafkaProducer<byte[], byte[]> transaction(String name) {
    var producer = client.producer(Map.of("transactional.id", name));
    producer.initTransactions();
    return producer;
  }

  private static KafkaProducer<byte[], byte[]> compressing() {
    return client.producer(
        Map.of(
            "compression.type", "zstd", "max.request.size", 2 * BOMB, "buffer.memory", 2L * BOMB));
  }

  private static Said verify() {
    String everything = "2020-01-01T00:00:00Z";
    return Said.by("usage", "verify", "--from", everything, "--kafka", services.bootstrapServers());
  }

  private static Said submit(Path file) {
    return Said.by(
        "submit", file.toString(), "--timeout", "45", "--kafka", services.bootstrapServers());
  }

  private static Path file(String name, List<String> lines) throws Exception {
    return Files.write(folder.resolve(name), lines);
  }

  private static String line(RequestId id) {
    return new String(request(id, OWNER, "a line", ""), UTF_8);
  }

  private static byte[] request(RequestId id, TenantId tenant, String prompt, String more) {
    return "{\"id\":\"%s\",\"tenant\":\"%s\",\"capability\":\"story\",\"prompt\":\"%s\",\"max_tokens\":3%s}"
        .formatted(id, tenant, prompt, more)
        .getBytes(UTF_8);
  }

  private static String intake() {
    return PlainClient.TOPICS.intake();
  }
}
