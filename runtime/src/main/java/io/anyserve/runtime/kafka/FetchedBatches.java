package io.anyserve.runtime.kafka;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/**
 * What one fetch brought of a partition, still compressed, read record by record in bounded memory.
 * Records of aborted transactions are left out where the fetch read committed. Not thread-safe.
 */
final class FetchedBatches implements AutoCloseable {

  private final TopicPartition partition;
  private final int largest;
  private final Iterator<? extends RecordBatch> batches;
  private final Deque<AbortedTransaction> aborted;
  private final Set<Long> aborting = new HashSet<>();
  private @Nullable RecordStream open;
  private long position;
  private long openEnd;

  FetchedBatches(TopicPartition partition, long from, PartitionData fetched, int largest) {
    this.partition = partition;
    this.largest = largest;
    this.position = from;
    this.batches = FetchResponse.recordsOrFail(fetched).batches().iterator();
    this.aborted = new ArrayDeque<>();
    Optional.ofNullable(fetched.abortedTransactions()).stream()
        .flatMap(java.util.List::stream)
        .sorted(Comparator.comparingLong(AbortedTransaction::firstOffset))
        .forEach(aborted::add);
  }

  /** Where to go on reading. */
  long position() {
    return position;
  }

  /**
   * The next record from the position on; empty when all are read.
   *
   * @throws KafkaException when a batch cannot be read
   */
  Optional<ConsumerRecord<byte[], byte[]>> next() {
    try {
      while (open != null || nextBatch()) {
        RecordStream stream = open;
        if (stream == null) {
          continue;
        }
        if (!stream.hasNext()) {
          close();
          position = Math.max(position, openEnd);
          continue;
        }
        ConsumerRecord<byte[], byte[]> record = stream.next();
        if (record.offset() >= position) {
          position = record.offset() + 1;
          return Optional.of(record);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new KafkaException(partition + " at " + position + ": unreadable batch", e);
    }
  }

  /** False at the end; a batch that holds nothing for the reader is passed over. */
  private boolean nextBatch() {
    if (!batches.hasNext()) {
      return false;
    }
    RecordBatch batch = batches.next();
    if (batch.lastOffset() >= position && isWanted(batch)) {
      batch.ensureValid();
      open = new RecordStream(partition, (DefaultRecordBatch) batch, largest);
      openEnd = batch.nextOffset();
    } else {
      position = Math.max(position, batch.nextOffset());
    }
    return true;
  }

  private boolean isWanted(RecordBatch batch) {
    while (!aborted.isEmpty() && aborted.getFirst().firstOffset() <= batch.lastOffset()) {
      aborting.add(aborted.removeFirst().producerId());
    }
    if (batch.isControlBatch()) {
      endTransaction(batch);
      return false;
    }
    return !(batch.isTransactional() && aborting.contains(batch.producerId()));
  }

  private void endTransaction(RecordBatch control) {
    Iterator<Record> marker = control.iterator();
    if (marker.hasNext()
        && ControlRecordType.parse(marker.next().key()) == ControlRecordType.ABORT) {
      aborting.remove(control.producerId());
    }
  }

  @Override
  public void close() throws IOException {
    RecordStream stream = open;
    open = null;
    if (stream != null) {
      stream.close();
    }
  }
}
