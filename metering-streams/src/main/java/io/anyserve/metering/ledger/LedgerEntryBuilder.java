package io.anyserve.metering.ledger;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.ChunkDecoder;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.LedgerEntry.Times;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * One request between its first Started and its end: what was counted so far. Owned by the thread
 * of its task.
 */
final class LedgerEntryBuilder {

  private static final long NEVER = -1;

  private final FencedStream progress = new FencedStream();
  private final RequestContext context;
  private final long inputBytes;
  private final long startOffset;
  private final long startedAt;
  private Started current;
  private long firstChunkAt = NEVER;
  private long bytes;

  LedgerEntryBuilder(Started first, long offset, long timestamp) {
    this.context = first.context();
    this.inputBytes = first.inputBytes();
    this.startOffset = offset;
    this.startedAt = timestamp;
    this.current = first;
  }

  /** Of its first Started. */
  long startOffset() {
    return startOffset;
  }

  /** Milliseconds since the epoch, by the log's clock. */
  long startedAt() {
    return startedAt;
  }

  /** Of the chunk that comes next. */
  long nextSequence() {
    return progress.nextSequence();
  }

  Verdict started(TokenRecord record, Started started) {
    Verdict verdict = progress.apply(record);
    if (verdict == Verdict.ACCEPTED) {
      current = started;
    }
    return verdict;
  }

  Verdict chunk(ChunkDecoder chunk, long timestamp) {
    Verdict verdict =
        progress.chunk(chunk.attempt(), chunk.executionId(), chunk.sequence(), chunk.tokens());
    if (verdict == Verdict.ACCEPTED) {
      bytes += chunk.bytes();
      firstChunkAt = firstChunkAt == NEVER ? timestamp : firstChunkAt;
    }
    return verdict;
  }

  /** A Released or terminal event. */
  Verdict apply(TokenRecord record) {
    return progress.apply(record);
  }

  FoldResult.Entry entry(TokenRecord record, Terminal end, long timestamp) {
    TokenUsage claimed = end.usage();
    TokenUsage used = progress.usage(claimed);
    var entry =
        new LedgerEntry(
            record.request(),
            context,
            current.servedBy(progress.attempt()),
            end.outcome(),
            code(end),
            used,
            progress.nextSequence(),
            new Volume(inputBytes, bytes),
            ReportedUsage.of(end).engineTime(),
            times(timestamp),
            Cost.UNPRICED,
            Optional.empty());
    return new FoldResult.Entry(entry, drift(claimed, used), ReportedUsage.of(end).doubt());
  }

  /** The entry of a request that no worker took: it cost nothing. */
  static FoldResult.Entry untaken(
      TokenRecord record, Terminal end, SanitizedEvent<RequestContext> context, long timestamp) {
    var entry =
        new LedgerEntry(
            record.request(),
            context.said(),
            ServedBy.NOBODY,
            end.outcome(),
            code(end),
            TokenUsage.NONE,
            0,
            Volume.NONE,
            ReportedUsage.of(end).engineTime(),
            new Times(Optional.empty(), Optional.empty(), Instant.ofEpochMilli(timestamp)),
            Cost.UNPRICED,
            Optional.empty());
    return new FoldResult.Entry(
        entry,
        drift(end.usage(), TokenUsage.NONE),
        context.doubt().or(ReportedUsage.of(end)::doubt));
  }

  private Times times(long endedAt) {
    return new Times(
        Optional.of(Instant.ofEpochMilli(startedAt)),
        firstChunkAt == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(firstChunkAt)),
        Instant.ofEpochMilli(endedAt));
  }

  private static long drift(TokenUsage claimed, TokenUsage used) {
    return Math.abs(claimed.prompt() - used.prompt())
        + Math.abs(claimed.completion() - used.completion());
  }

  private static String code(Terminal end) {
    return end instanceof Failed failed ? failed.failure().code().name() : "";
  }
}
