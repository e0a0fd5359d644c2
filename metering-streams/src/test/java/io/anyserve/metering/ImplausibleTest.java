package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a producer wrote into a request, what was delivered is billed. */
final class ImplausibleTest {

  private static final Tokens ONE = Tokens.of(1);
  private static final Instant START = TopologyRun.START;
  private static final Instant MICROSECONDS = Instant.ofEpochMilli(1_767_225_600_000_000L);

  @TempDir Path state;

  /** What was said, and what the ledger entry and the dead letter say then. */
  private record Case(String name, Started said, RequestContext billed, String reason) {}

  @TestFactory
  List<DynamicTest> aDeliveredRequestIsBilledWithoutWhatCannotBe() {
    return List.of(
            accepted("accepted_at in microseconds", MICROSECONDS),
            accepted("accepted_at of -1", Instant.ofEpochMilli(-1)),
            accepted("accepted_at at its end", Instant.ofEpochMilli(Long.MAX_VALUE)),
            accepted("accepted_at at its beginning", Instant.ofEpochMilli(Long.MIN_VALUE)),
            key("a long key", "k".repeat(AdmissionRules.MAX_API_KEY + 1)),
            key("a very long key", "k".repeat(100_000)),
            key("a key with NUL", "k\0"),
            key("a key of two lines", "k\nk"),
            new Case(
                "a label with a newline",
                started(context("key-1", Instant.ofEpochMilli(1_000), Map.of("a", "b\nc")), 7, 12),
                context("key-1", Instant.ofEpochMilli(1_000), Map.of()),
                "label value: "))
        .stream()
        .map(it -> DynamicTest.dynamicTest(it.name(), () -> billed(it)))
        .toList();
  }

  @Test
  void impossibleCountsOfTheRequestAreNothing() throws Exception {
    for (long count : List.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 45) + 1)) {
      try (TopologyRun run = new TopologyRun(state.resolve("count" + count))) {
        LedgerEntry entry = answered(run, started(ONE.context(), count, count));
        assertEquals(new TokenUsage(0, 5, 0), entry.usage());
        assertEquals(0, entry.volume().in());
        String reason = reason(run);
        assertTrue(reason.startsWith("prompt_tokens: " + count + " (expected: 0 to "), reason);
        assertTrue(reason.contains("; input_bytes: " + count + " (expected: 0 to "), reason);
      }
    }
  }

  @Test
  void aRefusalWithAnImplausibleContextIsAEntry() {
    RequestContext said = context("k\nk", Instant.ofEpochMilli(-1), Map.of());
    try (TopologyRun run = new TopologyRun(state)) {
      run.write(new Tokens(ONE.request(), said).refused());
      assertEquals(context("", START, Map.of()), run.onlyEntry().context());
      assertEquals(1, run.deadLetters().size());
      assertEquals(1, run.count("doubted"));
    }
  }

  @Test
  void sumsOfTheLargestAmountsStayThere() {
    try (TopologyRun run = new TopologyRun(state)) {
      for (int i = 0; i < 3; i++) {
        Tokens request = Tokens.of(i);
        run.write(
            request.record(1, 1, started(ONE.context(), 1L << 40, 1L << 45)),
            request.finished(1, 1, 0));
      }
      run.flush();
      assertEquals(3L << 40, run.session("acme/s1").usage().prompt());
    }
  }

  private void billed(Case it) throws Exception {
    try (TopologyRun run = new TopologyRun(state.resolve(it.name().replace(' ', '-')))) {
      LedgerEntry entry = answered(run, it.said());
      assertEquals(it.billed(), entry.context());
      assertEquals(new TokenUsage(7, 5, 3), entry.usage());
      assertTrue(reason(run).startsWith(it.reason()), () -> it.reason());
      assertEquals(1, run.count("doubted"));
      assertEquals(0, run.count("rejected", "reason", "malformed"));
      run.flush();
      assertEquals(5, run.session("acme/s1").usage().completion());
    }
  }

  private static LedgerEntry answered(TopologyRun run, Started said) {
    TokenRecord begin = ONE.record(1, 1, said);
    run.write(begin, ONE.chunk(1, 1, 0, 5), ONE.finished(1, 1, 5));
    return run.onlyEntry();
  }

  private static String reason(TopologyRun run) {
    var deadLetter = run.deadLetters().getFirst();
    return new String(
        deadLetter.headers().lastHeader(DeadLetter.MESSAGE).value(), StandardCharsets.UTF_8);
  }

  private static Case accepted(String name, Instant at) {
    return new Case(
        name,
        started(context("key-1", at, Map.of("team", "blue")), 7, 12),
        context("key-1", START, Map.of("team", "blue")),
        "accepted_at: ");
  }

  private static Case key(String name, String key) {
    Instant accepted = Instant.ofEpochMilli(1_000);
    return new Case(
        name,
        started(context(key, accepted, Map.of("team", "blue")), 7, 12),
        context("", accepted, Map.of("team", "blue")),
        "api_key: ");
  }

  private static RequestContext context(
      String key, Instant acceptedAt, Map<String, String> labels) {
    RequestContext plain = ONE.context();
    return new RequestContext(
        plain.tenant(), plain.session(), key, plain.capability(), labels, acceptedAt, false);
  }

  private static Started started(RequestContext context, long prompt, long bytes) {
    return new TokenEvent.Started(
        context,
        new WorkerId("worker-1"),
        new Capability("chat"),
        "tiny",
        prompt,
        bytes,
        false,
        Optional.empty());
  }
}
