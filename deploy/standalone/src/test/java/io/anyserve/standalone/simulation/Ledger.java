package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.LedgerTask;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Metering, whose transactions commit and abort at any record. */
final class Ledger implements Actor {

  private final TokenTopicModel log;
  private final Dice dice;
  private final LedgerTask task;

  Ledger(TokenTopicModel log, Dice dice, Path state, InstantSource clock) {
    this.log = log;
    this.dice = dice;
    this.task = new LedgerTask(this::readBack, state, clock);
  }

  @Override
  public boolean ready() {
    return task.position() < log.end();
  }

  @Override
  public void step() {
    Entry entry = log.at(task.position());
    task.process(entry.key(), entry.value(), entry.timestamp());
    if (dice.percent(10)) {
      task.checkpoint();
    }
    if (dice.percent(15)) {
      task.commit();
    }
  }

  void abort() {
    task.abort(dice.percent(50));
  }

  /** What is committed at the end. */
  List<LedgerEntry> lines() {
    task.commit();
    return task.entries();
  }

  private void readBack(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    for (long offset = from; offset < end; offset++) {
      reader.accept(kafkaRecord(partition, log.at(offset)));
    }
  }

  private static ConsumerRecord<byte[], byte[]> kafkaRecord(TopicPartition at, Entry entry) {
    return new ConsumerRecord<>(
        at.topic(),
        at.partition(),
        entry.offset(),
        entry.timestamp(),
        TimestampType.LOG_APPEND_TIME,
        entry.key().length,
        entry.value().length,
        entry.key(),
        entry.value(),
        new RecordHeaders(),
        Optional.empty());
  }
}
