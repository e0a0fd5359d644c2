package io.anyserve.runtime.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.junit.jupiter.api.Test;

final class DelayedPunctuationTest {

  private static final Duration DELAY = Duration.ofMillis(500);

  private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private final List<Long> done = new ArrayList<>();
  private final DelayedPunctuation work = new DelayedPunctuation(context, DELAY, done::add);

  @Test
  void nothingIsScheduledUntilItIsAskedForAndOnceIsEnough() {
    assertEquals(List.of(), due());
    work.request();
    work.request();
    assertEquals(1, due().size());
    assertEquals(DELAY, due().getFirst().getInterval());
    assertEquals(PunctuationType.WALL_CLOCK_TIME, due().getFirst().getType());
  }

  @Test
  void itIsDoneOnceAndThenNothingIsScheduled() {
    work.request();
    due().getFirst().getPunctuator().punctuate(9);
    assertEquals(List.of(9L), done);
    assertEquals(List.of(), due());
  }

  @Test
  void theWorkMayAskForMore() {
    List<DelayedPunctuation> self = new ArrayList<>();
    self.add(new DelayedPunctuation(context, DELAY, _ -> self.getFirst().request()));
    self.getFirst().request();
    due().getFirst().getPunctuator().punctuate(9);
    assertEquals(1, due().size());
  }

  @Test
  void aCommitIsAskedForOnceALittleLater() {
    DelayedPunctuation commit = DelayedPunctuation.commit(context);
    commit.request();
    commit.request();
    assertFalse(context.committed());
    due().getFirst().getPunctuator().punctuate(9);
    assertTrue(context.committed());
    assertEquals(List.of(), due());
  }

  private List<CapturedPunctuator> due() {
    return context.scheduledPunctuators().stream().filter(one -> !one.cancelled()).toList();
  }
}
