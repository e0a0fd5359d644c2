package io.anyserve.worker.publish;

import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;

/** A record to be: chunks of different streams for one partition. Owned by one thread. */
final class ChunkBatchBuilder {

  /** As far as the brokers take a record whatever the chunks are. */
  private static final int MOST_BYTES = 256 << 10;

  /** Of ids, numbers and tags. */
  private static final int CHUNK_BYTES = 64;

  private static final int CHAR_BYTES = 3;
  private static final int TOKEN_BYTES = 5;

  private final int partition;
  private List<EventStreamWriter> streams = new ArrayList<>();
  private List<TokenRecord> records = new ArrayList<>();
  private int bytes;

  ChunkBatchBuilder(int partition) {
    this.partition = partition;
  }

  boolean isFull() {
    return bytes >= MOST_BYTES;
  }

  /** The stream is not in it yet. */
  void add(EventStreamWriter stream, Chunk chunk) {
    records.add(stream.record(chunk));
    streams.add(stream);
    bytes +=
        CHUNK_BYTES + CHAR_BYTES * chunk.delta().length() + TOKEN_BYTES * chunk.tokens().size();
    bytes += PositionLogprobs.size(chunk.logprobs());
  }

  /** Hands over what there is, and is empty again. */
  void send(Publisher publisher) {
    if (streams.isEmpty()) {
      return;
    }
    List<EventStreamWriter> sent = streams;
    List<TokenRecord> chunks = records;
    streams = new ArrayList<>(sent.size());
    records = new ArrayList<>(chunks.size());
    bytes = 0;
    publisher.send(partition, sent, chunks);
  }
}
