package io.anyserve.loadtest.conversations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.conversations.ConversationsReport.CallTimes;
import io.anyserve.loadtest.conversations.ConversationsReport.Filled;
import io.anyserve.loadtest.conversations.ConversationsReport.Filling;
import io.anyserve.loadtest.conversations.ConversationsReport.Machine;
import io.anyserve.loadtest.conversations.ConversationsReport.MemorySample;
import io.anyserve.loadtest.conversations.ConversationsReport.StoreOnDisk;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConversationsTableTest {

  @Test
  void theTableSaysMemoryTimesAndRestarts() {
    var report =
        new ConversationsReport(
            Instant.EPOCH,
            new Machine("a machine", 1.5),
            new Filled(
                new Filling(1_000, 40_000, 20_000_000_000L),
                new Filling(99_000, 3_960_000, 33_000_000_000L),
                41.25),
            List.of(
                new MemorySample(
                    "after calls",
                    100_000,
                    5_432,
                    new ProcessMemory(229.4, 28.76),
                    new ProcessMemory(247, 27.8))),
            List.of(
                new CallTimes(
                    100_000,
                    Map.of(
                        ConversationCall.HISTORY,
                        new Latency(613, 1_950, 1_900, 2_000, 9_000, 25_600, 30_000, 86_500)))),
            new StoreOnDisk(860, 5.3, 48.5));

    assertEquals(
        """
        appended 2000 messages/s, written as records 120000 messages/s, readable after 41.3 s

        MiB                      conversations     reads               ingress                router
        after calls                     100000      5432        229, heap 28.8        247, heap 27.8

        ms with 100000 conversations                   calls       p50       p99       max
        history                                          613       1.9      25.6      86.5

        store 860 MiB; the router answers after 5.3 s with it, after 48.5 s without it
        """,
        ConversationsTable.of(report));
  }
}
