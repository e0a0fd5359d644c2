package io.anyserve.metering.export;

import io.anyserve.runtime.kafka.DeadLetterProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches to a receiver and commits how far it came only after the receiver has them.
 *
 * <pre>
 * taken            committed, the next ones
 * later            read again after a pause, from the first one that is not taken
 * refused, many    halves of them
 * refused, one     to dlq, committed, the next ones
 * </pre>
 *
 * Only where this process dies, or loses its partition, between the receiver's answer and the
 * commit is a batch sent again; the ids say so.
 */
final class HttpExporter implements Exporter {

  private static final Logger log = LoggerFactory.getLogger(HttpExporter.class);
  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final String source;
  private final EventSink receiver;
  private final DeadLetterProducer deadLetters;
  private final ExportMetrics meters;
  private final LongSupplier nanos;
  private final RetryBackoff backoff = new RetryBackoff();
  private boolean waiting;
  private long due;

  /**
   * @param consumer closed with this, as are receiver and dead letters
   */
  HttpExporter(
      Consumer<byte[], byte[]> consumer,
      String source,
      EventSink receiver,
      DeadLetterProducer deadLetters,
      ExportMetrics meters,
      LongSupplier nanos) {
    this.consumer = consumer;
    this.source = source;
    this.receiver = receiver;
    this.deadLetters = deadLetters;
    this.meters = meters;
    this.nanos = nanos;
  }

  @Override
  public void step() throws InterruptedException {
    if (waiting) {
      await();
    } else {
      deliver(poll(POLL));
    }
    meters.lag(LedgerConsumer.lag(consumer));
  }

  /** Stays a member of its group meanwhile. */
  private void await() {
    consumer.pause(consumer.assignment());
    long left = Math.max(0, due - nanos.getAsLong());
    rewind(poll(left < POLL.toNanos() ? Duration.ofNanos(left) : POLL));
    if (due - nanos.getAsLong() <= 0) {
      waiting = false;
      consumer.resume(consumer.assignment());
    }
  }

  private List<ExportRecord> poll(Duration time) {
    List<ExportRecord> items = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
      items.add(ExportRecord.of(source, record));
    }
    return items;
  }

  private void deliver(List<ExportRecord> items) throws InterruptedException {
    List<ExportRecord> left = items;
    int size = left.size();
    while (!left.isEmpty() && !waiting) {
      List<ExportRecord> part = left.subList(0, Math.min(size, left.size()));
      switch (send(part)) {
        case SendResult.Taken _ -> {
          taken(part);
          left = left.subList(part.size(), left.size());
          size = left.size();
        }
        case SendResult.Refused(String why) -> {
          if (part.size() == 1) {
            bury(part, why);
            left = left.subList(1, left.size());
          }
          size = part.size() == 1 ? left.size() : part.size() / 2;
        }
        case SendResult.Later(String why, Optional<Duration> after) -> {
          rewind(left);
          pause(why, after);
        }
      }
    }
  }

  private SendResult send(List<ExportRecord> part) throws InterruptedException {
    List<UsageEvent> events = ExportRecord.events(part);
    return events.isEmpty() ? new SendResult.Taken() : receiver.send(events);
  }

  private void taken(List<ExportRecord> part) throws InterruptedException {
    for (ExportRecord item : part) {
      switch (item) {
        case ExportRecord.Entry _ -> {}
        case ExportRecord.Malformed(var record, var reason) -> {
          meters.malformed();
          log.warn("no ledger entry at {}@{}", item.partition(), record.offset(), reason);
          deadLetters.write(record, reason);
        }
      }
    }
    consumer.commitSync(ExportRecord.behind(part));
    meters.sent(ExportRecord.events(part).size());
    backoff.reset();
  }

  private void bury(List<ExportRecord> one, String why) throws InterruptedException {
    ConsumerRecord<byte[], byte[]> record = one.getFirst().record();
    String place = one.getFirst().partition() + "@" + record.offset();
    log.warn("the receiver does not take the ledger entry at {}: {}", place, why);
    deadLetters.write(record, new IllegalArgumentException("export refused: " + why));
    consumer.commitSync(ExportRecord.behind(one));
    meters.refused();
    backoff.reset();
  }

  private void pause(String why, Optional<Duration> after) {
    Duration own = backoff.next();
    Duration pause = after.filter(asked -> asked.compareTo(own) > 0).orElse(own);
    meters.failed();
    log.warn("handing ledger entries on failed, again in {}: {}", pause, why);
    due = nanos.getAsLong() + pause.toNanos();
    waiting = true;
  }

  private void rewind(List<ExportRecord> items) {
    ExportRecord.first(items).forEach(consumer::seek);
  }

  @Override
  public void close() {
    consumer.close();
    receiver.close();
    deadLetters.close();
  }
}
