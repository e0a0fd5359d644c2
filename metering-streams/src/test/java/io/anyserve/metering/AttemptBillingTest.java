package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.TokenEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AttemptBillingTest {

  private static final Tokens ONE = Tokens.of(1);
  private final TopologyRun run;

  AttemptBillingTest(@TempDir java.nio.file.Path state) {
    this.run = new TopologyRun(state);
  }

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aPromptThatIsKnownLaterIsBilledOnce() {
    run.write(
        ONE.started(1, 11, 0), ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.finished(1, 11, 1));

    assertEquals(new TokenUsage(Tokens.PROMPT, 1, 3), run.onlyEntry().usage());
    assertEquals(0, run.count("drift.lines"));
  }

  @Test
  void aTakeoverThatDoesNotKnowThePromptDoesNotMakeItFree() {
    run.write(ONE.started(2, 22, 0), ONE.started(3, 33, 7), ONE.started(4, 44, 99));
    run.write(ONE.chunk(4, 44, 0, 2), ONE.finished(4, 44, 2));

    assertEquals(7, run.onlyEntry().usage().prompt());
  }

  @Test
  void whatAFencedRunWritesIsNotBilledAndThePromptIsBilledOnce() {
    run.write(
        ONE.started(1, 11),
        ONE.chunk(1, 11, 0, 2),
        ONE.started(2, 22, 99),
        ONE.chunk(1, 11, 1, 50),
        ONE.chunk(2, 22, 1, 3),
        ONE.finished(1, 11, 52),
        ONE.finished(2, 22, 5));

    LedgerEntry entry = run.onlyEntry();
    assertEquals(new TokenUsage(Tokens.PROMPT, 5, 3), entry.usage());
    assertEquals(2, entry.servedBy().attempts());
    assertEquals("worker-2", entry.servedBy().worker());
    assertEquals(2, run.count("events", "outcome", "void"));
  }

  @Test
  void aReleaseEndsNothing() {
    run.write(
        ONE.started(1, 11),
        ONE.record(1, 11, new TokenEvent.Released("the worker stops")),
        ONE.started(2, 12),
        ONE.record(1, 11, new TokenEvent.Released("once more, void")),
        ONE.chunk(2, 12, 0, 2),
        ONE.finished(2, 12, 2));

    assertEquals(2, run.onlyEntry().usage().completion());
    assertEquals(2, run.onlyEntry().servedBy().attempts());
    assertEquals(5, run.count("events", "outcome", "counted"));
    assertEquals(1, run.count("events", "outcome", "void"));
  }

  @Test
  void repeatsAreIgnored() {
    run.write(
        ONE.started(1, 11),
        ONE.started(1, 11),
        ONE.chunk(1, 11, 0, 2),
        ONE.chunk(1, 11, 0, 2),
        ONE.finished(1, 11, 2),
        ONE.finished(1, 11, 2));

    assertEquals(2, run.onlyEntry().usage().completion());
    assertEquals(2, run.count("events", "outcome", "repeated"));
    assertEquals(1, run.count("events", "outcome", "void"));
  }

  @Test
  void nothingComesAfterTheEnd() {
    run.write(
        ONE.started(1, 11),
        ONE.finished(1, 11, 0),
        ONE.started(2, 22),
        ONE.chunk(2, 22, 0, 5),
        ONE.finished(2, 22, 5),
        ONE.refused());

    assertEquals(0, run.onlyEntry().usage().completion());
    assertEquals(4, run.count("events", "outcome", "void"));
  }
}
