package io.anyserve.worker.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.worker.TestRequests;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

final class GuardedListenerTest {

  private static final ConsumerRecord<byte[], byte[]> RECORD =
      new ConsumerRecord<>("requests", 0, 7, new byte[0], new byte[0]);

  private final List<String> seen = new ArrayList<>();

  private final ExecutionListener broken =
      new ExecutionListener() {
        @Override
        public void started(Started event) {
          throw new StackOverflowError();
        }

        @Override
        public void firstChunk() {
          seen.add("first chunk");
          throw new IllegalStateException("no meter");
        }

        @Override
        public void ended(Terminal event) {}

        @Override
        public void over(boolean answered) {
          seen.add("over");
          throw new IllegalStateException("no meter");
        }
      };

  private static ExecutionListener taken(ExecutionListener.Source... sources) {
    return ExecutionListener.Source.all(List.of(sources))
        .taken(RECORD, TestRequests.interactive(1, "prompt", 1), 1);
  }

  @Test
  void whatAWatchThrowsStopsNeitherTheRunNorTheOthers() {
    ExecutionListener watch = taken((_, _, _) -> broken, (_, _, _) -> broken);
    watch.firstChunk();
    watch.over(true);
    assertEquals(List.of("first chunk", "first chunk", "over", "over"), seen);
  }

  @Test
  void aRunWhoseWatchCannotBeginIsNotObserved() {
    ExecutionListener watch =
        taken(
            (_, _, _) -> {
              throw new IllegalStateException("no span");
            });
    assertSame(ExecutionListener.NONE, watch);
  }
}
