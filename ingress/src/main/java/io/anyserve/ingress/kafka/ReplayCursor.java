package io.anyserve.ingress.kafka;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.ResponseStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One way along a partition of {@code tokens}, with the readers that go along. Owned by one thread.
 */
final class ReplayCursor {

  /** A reader that is not farther ahead joins: what lies between costs less than a second way. */
  static final long NEAR = 5_000;

  private static final Logger log = LoggerFactory.getLogger(ReplayCursor.class);

  private final int partition;
  private final Map<RequestId, List<ResponseStream>> readers = new HashMap<>();
  private long position;

  ReplayCursor(int partition, long position) {
    this.partition = partition;
    this.position = position;
  }

  int partition() {
    return partition;
  }

  /** The offset of the next record. */
  long position() {
    return position;
  }

  /** Readers that need no more of the log leave, such as those whose callers left. */
  void dropDeparted() {
    keep(ResponseStream::isBehind);
  }

  boolean isEmpty() {
    return readers.isEmpty();
  }

  /** Whether a reader that goes on from {@code offset} can go along. */
  boolean suits(int ofPartition, long offset) {
    return ofPartition == partition && position <= offset && offset - position <= NEAR;
  }

  /** Whether a reader that goes on from {@code offset} could go along if it began there. */
  boolean isShortlyAfter(int ofPartition, long offset) {
    return ofPartition == partition && offset <= position && position - offset <= NEAR;
  }

  /** Begins earlier, for a reader that has just come; the others skip what they have read. */
  void beginEarlier(long offset) {
    position = offset;
  }

  void join(ResponseStream stream) {
    readers.computeIfAbsent(stream.handle().request(), request -> new ArrayList<>(1)).add(stream);
  }

  /** Takes over the readers of another that is at the same place or a little ahead. */
  void merge(ReplayCursor other) {
    other.readers.values().forEach(all -> all.forEach(this::join));
    other.readers.clear();
  }

  void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      for (TokenRecord event :
          TokenCodec.decodeAll(record.key(), record.value(), readers::containsKey)) {
        read(event, record.offset(), record.timestamp());
      }
    } catch (MalformedRecordException e) {
      log.debug(
          "Skipped the unreadable record {}-{}@{}",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    } catch (RuntimeException | Error e) {
      log.error(
          "Failed to process {}-{}@{}; the record is skipped",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    }
  }

  private void read(TokenRecord event, long offset, long timestamp) {
    @Nullable List<ResponseStream> wanting = readers.get(event.request());
    if (wanting != null) {
      wanting.removeIf(stream -> !replay(stream, offset, timestamp, event));
      if (wanting.isEmpty()) {
        readers.remove(event.request());
      }
    }
  }

  private static boolean replay(
      ResponseStream stream, long offset, long timestamp, TokenRecord event) {
    return guarded(stream, one -> one.replay(offset, timestamp, event));
  }

  /** False for a reader that fails: no fault of one may keep the others from being fed. */
  private static boolean guarded(ResponseStream stream, Predicate<ResponseStream> step) {
    try {
      return step.test(stream);
    } catch (RuntimeException | Error e) {
      log.error("Failed to send events of request {}; its call ends", stream.handle().request(), e);
      ReplayService.end(stream, ReplayService.broken(e));
      return false;
    }
  }

  /** Everything before {@code offset} is read. */
  void moveTo(long offset) {
    position = offset;
    keep(stream -> stream.replayed(offset));
  }

  /** The log begins at {@code earliest}: readers that wanted more are told. */
  void beginsAt(long earliest) {
    keep(stream -> stream.wanted() < 0 || stream.wanted() >= earliest || lose(stream, earliest));
    position = Math.max(position, earliest);
  }

  private static boolean lose(ResponseStream stream, long earliest) {
    stream.onReplayFailure(ReplayService.expired(stream.wanted(), earliest));
    return false;
  }

  void lose(Failure failure) {
    keep(
        stream -> {
          stream.onReplayFailure(failure);
          return false;
        });
  }

  private void keep(Predicate<ResponseStream> kept) {
    readers
        .values()
        .removeIf(all -> all.removeIf(stream -> !guarded(stream, kept)) && all.isEmpty());
  }
}
