package io.anyserve.ingress.response;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.ResponseStreams.Received;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the live records of {@code tokens} to the readers of their requests. Without state of its
 * own; the thread that reads {@code tokens} calls it.
 */
final class LiveEventReceiver {

  private static final Logger log = LoggerFactory.getLogger(LiveEventReceiver.class);

  private final StreamRegistry registry;
  private final UnseenEnds unseenEnds;

  LiveEventReceiver(StreamRegistry registry, UnseenEnds unseenEnds) {
    this.registry = registry;
    this.unseenEnds = unseenEnds;
  }

  Received receive(
      int partition, long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
    try {
      List<TokenRecord> records = TokenCodec.decodeAll(key, value, this::isWanted);
      for (int i = 0; i < records.size(); i++) {
        receive(partition, offset, timestamp, records.get(i));
      }
      return records.isEmpty() ? Received.FOREIGN : Received.OURS;
    } catch (MalformedRecordException e) {
      noteMalformed(key, e);
      return Received.MALFORMED;
    }
  }

  private boolean isWanted(RequestId request) {
    return registry.contains(request) || unseenEnds.contains(request);
  }

  private void receive(int partition, long offset, long timestamp, TokenRecord record) {
    List<ResponseStream> readers = registry.readers(record.request());
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).partition() == partition) {
        receive(readers.get(i), offset, timestamp, record);
      }
    }
    unseenEnds.receive(partition, record);
  }

  private static void receive(
      ResponseStream stream, long offset, long timestamp, TokenRecord record) {
    try {
      stream.receive(offset, timestamp, record);
    } catch (RuntimeException | Error e) {
      stream.abandon(e);
    }
  }

  private void noteMalformed(byte @Nullable [] key, MalformedRecordException why) {
    if (key != null && key.length == RequestId.BYTES) {
      registry
          .first(RequestId.of(key))
          .filter(ResponseStream::noteMalformed)
          .ifPresent(
              stream ->
                  log.warn(
                      "skipped an event of request {}: {}",
                      stream.handle().request(),
                      why.getMessage()));
    }
  }
}
