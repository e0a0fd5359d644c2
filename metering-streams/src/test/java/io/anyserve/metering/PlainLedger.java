package io.anyserve.metering;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The ledger as one would write it down first: everything in memory, from the first record on. */
final class PlainLedger {

  /** What a ledger entry comes to. */
  record Bill(Outcome outcome, long prompt, long completion, long chunks, int attempts) {

    static Bill of(LedgerEntry entry) {
      return new Bill(
          entry.outcome(),
          entry.usage().prompt(),
          entry.usage().completion(),
          entry.chunks(),
          entry.servedBy().attempts());
    }
  }

  private final Map<RequestId, FencedStream> streams = new HashMap<>();
  private final Map<RequestId, Long> prompts = new HashMap<>();
  private final Map<RequestId, Bill> bills = new HashMap<>();

  private PlainLedger() {}

  static Map<RequestId, Bill> bills(List<ConsumerRecord<byte[], byte[]>> log) {
    PlainLedger plain = new PlainLedger();
    for (var record : log) {
      try {
        TokenCodec.decodeAll(record.key(), record.value()).forEach(plain::apply);
      } catch (MalformedRecordException e) {
        // Belongs to nobody.
      }
    }
    return plain.bills;
  }

  private void apply(TokenRecord record) {
    FencedStream stream = streams.computeIfAbsent(record.request(), _ -> new FencedStream());
    Verdict verdict = stream.apply(record);
    if (record.event() instanceof Started started && verdict != Verdict.FENCED) {
      prompts.merge(
          record.request(), started.promptTokens(), (known, now) -> known == 0 ? now : known);
    }
    if (record.event() instanceof Terminal end && verdict == Verdict.ACCEPTED) {
      bills.put(
          record.request(),
          new Bill(
              end.outcome(),
              prompts.getOrDefault(record.request(), 0L),
              stream.tokens(),
              stream.nextSequence(),
              stream.attempt()));
    }
  }
}
