package io.anyserve.metering.ledger;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.ChunkDecoder;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All requests in flight of one partition, moved on record by record in log order. A pure function
 * of the records it was given: the same stretch of log gives the same state. Owned by the thread of
 * its task.
 *
 * <pre>
 * unknown -- Started -->                  in flight
 * unknown -- terminal, attempt 0 -->      ended, an entry without tokens
 * in flight -- terminal that counts -->   ended, an entry
 * in flight -- too old -->                forgotten, no entry
 * </pre>
 */
public final class RequestUsageAggregator {

  private final Map<RequestId, LedgerEntryBuilder> open = new LinkedHashMap<>();
  private final RecentIds ended;
  private final ChunkDecoder scan = new ChunkDecoder();

  /**
   * @param remembered how many requests are known to have ended, at least: whatever comes for one
   *     of them is void
   */
  public RequestUsageAggregator(int remembered) {
    this.ended = new RecentIds(remembered);
  }

  /**
   * Moves on by a record.
   *
   * @param timestamp milliseconds since the epoch, by the log's clock
   * @param told what each event means; once for what is no event
   */
  public void apply(
      byte @Nullable [] key,
      byte @Nullable [] value,
      long offset,
      long timestamp,
      Consumer<FoldResult> told) {
    if (key != null || value == null) {
      told.accept(apply(key, value, offset, timestamp));
    } else if (!scan.scanBatch(value, request -> told.accept(chunk(request, timestamp)))) {
      unusualBatch(value, offset, timestamp).forEach(told);
    }
  }

  private FoldResult apply(
      byte @Nullable [] key, byte @Nullable [] value, long offset, long timestamp) {
    try {
      if (key != null && key.length == RequestId.BYTES && value != null && scan.scan(value)) {
        return chunk(RequestId.of(key), timestamp);
      }
      return apply(TokenCodec.decode(key, value), offset, timestamp);
    } catch (MalformedRecordException | IllegalArgumentException | DateTimeException e) {
      return new FoldResult.Rejected(FoldResult.Reason.MALFORMED, e);
    }
  }

  private List<FoldResult> unusualBatch(byte[] value, long offset, long timestamp) {
    try {
      return TokenCodec.decodeAll(null, value).stream()
          .map(record -> apply(record, offset, timestamp))
          .toList();
    } catch (MalformedRecordException e) {
      return List.of(new FoldResult.Rejected(FoldResult.Reason.MALFORMED, e));
    }
  }

  /** Where the oldest request in flight started; empty when there is none. */
  public OptionalLong oldestOffset() {
    Iterator<LedgerEntryBuilder> oldest = open.values().iterator();
    return oldest.hasNext() ? OptionalLong.of(oldest.next().startOffset()) : OptionalLong.empty();
  }

  public int inFlight() {
    return open.size();
  }

  /** Forgets the requests that started before that time and returns how many they were. */
  public int purge(long before) {
    int purged = 0;
    Iterator<LedgerEntryBuilder> oldest = open.values().iterator();
    while (oldest.hasNext() && oldest.next().startedAt() < before) {
      oldest.remove();
      purged++;
    }
    return purged;
  }

  private FoldResult apply(TokenRecord record, long offset, long timestamp) {
    return switch (record.event()) {
      case Started started -> started(record, started, offset, timestamp);
      case Chunk chunk -> {
        scan.take(record, chunk);
        yield chunk(record.request(), timestamp);
      }
      case Terminal end -> ended(record, end, timestamp);
      case Released _ -> released(record);
      case TokenEvent.DuplicateSubmission _ -> FoldResult.Quiet.VOID;
    };
  }

  private FoldResult started(TokenRecord record, Started started, long offset, long timestamp) {
    SanitizedEvent<Started> plausible = SanitizedEvent.of(started, Instant.ofEpochMilli(timestamp));
    FoldResult metered = begun(record.with(plausible.said()), plausible.said(), offset, timestamp);
    return metered instanceof FoldResult.Quiet verdict && verdict != FoldResult.Quiet.VOID
        ? plausible
            .doubt()
            .<FoldResult>map(doubt -> new FoldResult.Doubted(verdict, doubt))
            .orElse(verdict)
        : metered;
  }

  private FoldResult begun(TokenRecord record, Started started, long offset, long timestamp) {
    @Nullable LedgerEntryBuilder known = open.get(record.request());
    if (known != null) {
      return metered(known.started(record, started), known);
    }
    if (record.attempt() == 0 || ended.contains(record.request())) {
      return FoldResult.Quiet.VOID;
    }
    LedgerEntryBuilder opened = new LedgerEntryBuilder(started, offset, timestamp);
    open.put(record.request(), opened);
    return metered(opened.started(record, started), opened);
  }

  private FoldResult released(TokenRecord record) {
    @Nullable LedgerEntryBuilder known = open.get(record.request());
    return known == null ? FoldResult.Quiet.VOID : metered(known.apply(record), known);
  }

  private FoldResult chunk(RequestId request, long timestamp) {
    @Nullable LedgerEntryBuilder known = open.get(request);
    return known == null ? FoldResult.Quiet.VOID : metered(known.chunk(scan, timestamp), known);
  }

  private FoldResult ended(TokenRecord record, Terminal end, long timestamp) {
    @Nullable LedgerEntryBuilder known = open.get(record.request());
    if (known == null) {
      return endedUnknown(record, end, timestamp);
    }
    Verdict verdict = known.apply(record);
    if (verdict != Verdict.ACCEPTED) {
      return metered(verdict, known);
    }
    open.remove(record.request());
    ended.add(record.request());
    return known.entry(record, end, timestamp);
  }

  /**
   * A refusal by somebody who is no worker; or a worker's end whose Started lies further back than
   * this aggregator began to read, so that the request ended before.
   */
  private FoldResult endedUnknown(TokenRecord record, Terminal end, long timestamp) {
    if (ended.contains(record.request())) {
      return FoldResult.Quiet.VOID;
    }
    ended.add(record.request());
    if (new FencedStream().apply(record) != Verdict.ACCEPTED) {
      return FoldResult.Quiet.VOID;
    }
    return LedgerEntryBuilder.untaken(
        record, end, SanitizedEvent.of(contextOf(end), Instant.ofEpochMilli(timestamp)), timestamp);
  }

  private static RequestContext contextOf(Terminal end) {
    return end.context()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "context: not set (expected: one, as no Started came before)"));
  }

  private FoldResult metered(Verdict verdict, LedgerEntryBuilder request) {
    return switch (verdict) {
      case ACCEPTED -> FoldResult.Quiet.COUNTED;
      case FENCED -> FoldResult.Quiet.VOID;
      case DUPLICATE -> FoldResult.Quiet.REPEATED;
      case GAP -> new FoldResult.Rejected(FoldResult.Reason.GAP, gap(request));
    };
  }

  private IllegalArgumentException gap(LedgerEntryBuilder request) {
    return new IllegalArgumentException(
        "sequence: " + scan.sequence() + " (expected: " + request.nextSequence() + ")");
  }
}
