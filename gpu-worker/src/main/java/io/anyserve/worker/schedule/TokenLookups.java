package io.anyserve.worker.schedule;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.publish.TokenWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Answers what the tokenizer of an engine knows: these requests need no slot, and their answers are
 * no tokens that a model wrote. Owned by the scheduler's thread.
 */
final class TokenLookups {

  /** Ids of one chunk. */
  private static final int PART = 16_384;

  private final TerminalEvents endings;
  private final TokenWriter log;

  TokenLookups(TerminalEvents endings, TokenWriter log) {
    this.endings = endings;
    this.log = log;
  }

  /** Whether a request is one of these. */
  static boolean isLookup(ScheduledSequence sequence) {
    return sequence.request().kind().isLookup();
  }

  /** Writes the whole answer; what an earlier attempt wrote of it is not written again. */
  void answer(Engine engine, ScheduledSequence sequence) {
    List<TokenEvent> events;
    try {
      events = events(engine, sequence);
    } catch (FailureException e) {
      endings.refuse(sequence, e.failure());
      return;
    } catch (RuntimeException | Error e) {
      endings.refuse(sequence, endings.engineFailure(e));
      return;
    }
    if (endings.start(sequence)) {
      write(sequence, events);
    }
  }

  private void write(ScheduledSequence sequence, List<TokenEvent> events) {
    try {
      events.forEach(event -> log.write(sequence.stream(), event));
    } catch (RuntimeException | Error e) {
      endings.giveUp(sequence.work(), e);
    }
  }

  private static List<TokenEvent> events(Engine engine, ScheduledSequence sequence) {
    List<TokenEvent> events = new ArrayList<>();
    switch (sequence.request().kind()) {
      case TOKENIZE -> {
        int[] ids = engine.tokenize(sequence.work().input()).toArray();
        for (int from = PART * sequence.chunks(); from < ids.length; from += PART) {
          int to = Math.min(ids.length, from + PART);
          TokenIds part = TokenIds.of(Arrays.copyOfRange(ids, from, to));
          events.add(sequence.chunk(TokenIds.NONE, TokenIdsCodec.write(part)));
        }
      }
      case DETOKENIZE -> {
        String text = engine.detokenize(sequence.input(TokenIdsCodec::read));
        if (sequence.chunks() == 0) {
          events.add(sequence.chunk(TokenIds.NONE, AnswerDelta.text(text), List.of()));
        }
      }
      case GENERATE, EMBED ->
          throw new IllegalArgumentException(
              "kind: " + sequence.request().kind() + " (expected: a look-up)");
    }
    events.add(sequence.finished(FinishReason.STOP));
    return events;
  }
}
