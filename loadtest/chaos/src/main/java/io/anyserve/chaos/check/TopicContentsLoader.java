package io.anyserve.chaos.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.audit.TopicContents;
import io.anyserve.audit.TopicTail;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Fills a {@link TopicContents} from the topics, until all that was accepted is settled there. */
final class TopicContentsLoader implements AutoCloseable {

  private static final long PAUSE_NANOS = 200_000_000;

  private final TopicContents content;
  private final LongSupplier nanos;
  private final List<TopicTail> tails;

  TopicContentsLoader(
      KafkaClients kafka, TopicNames topics, TopicContents content, LongSupplier nanos) {
    this.content = content;
    this.nanos = nanos;
    this.tails =
        List.of(
            new TopicTail(kafka, topics.tokens(), false, this::token),
            new TopicTail(kafka, topics.usage(), true, this::line),
            new TopicTail(kafka, topics.sessionUsage(), true, content.told()::session),
            new TopicTail(kafka, topics.tenantUsage(), true, content.told()::tenant),
            new TopicTail(kafka, topics.usageWindows(), true, content.told()::window),
            new TopicTail(kafka, topics.results(), true, this::result),
            new TopicTail(kafka, topics.deadLetters(), true, this::deadLetter));
  }

  /**
   * Reads until every one of these requests has its end, every end its ledger line and result, and
   * all sums are those of the lines, and everything planted met its fate; or until the topics have
   * brought nothing new for as long as the patience.
   */
  void settle(Collection<RequestId> accepted, List<PlantedRecord> planted, Duration patience) {
    long quietSince = nanos.getAsLong();
    while (nanos.getAsLong() - quietSince < patience.toNanos()) {
      int news = tails.stream().mapToInt(TopicTail::drain).sum();
      if (news == 0 && settled(accepted, planted)) {
        return;
      }
      if (news > 0) {
        quietSince = nanos.getAsLong();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private boolean settled(Collection<RequestId> accepted, List<PlantedRecord> planted) {
    return content.lines().size() >= content.ended()
        && content.resultsComplete()
        && accepted.stream()
            .map(content.requests()::get)
            .allMatch(fold -> fold != null && fold.ends() > 0)
        && content.sumFindings().isEmpty()
        && PlantedRules.findings(planted, content).isEmpty();
  }

  private void token(ConsumerRecord<byte[], byte[]> record) {
    try {
      TokenCodec.decodeAll(record.key(), record.value()).forEach(content::add);
    } catch (MalformedRecordException garbage) {
      // that it is explained in dlq is checked by its position
    }
  }

  private void line(ConsumerRecord<byte[], byte[]> record) {
    content.add(UsageCodec.decodeEntry(record.value()));
  }

  private void result(ConsumerRecord<byte[], byte[]> record) {
    content.add(UsageCodec.decodeResult(record.value()));
  }

  private void deadLetter(ConsumerRecord<byte[], byte[]> record) {
    String topic = header(record, DeadLetter.TOPIC);
    String partition = header(record, DeadLetter.PARTITION);
    String offset = header(record, DeadLetter.OFFSET);
    if (!topic.isEmpty() && !partition.isEmpty() && !offset.isEmpty()) {
      content.addDeadLetter(
          new TopicOffset(topic, Integer.parseInt(partition), Long.parseLong(offset)));
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  @Override
  public void close() {
    tails.forEach(TopicTail::close);
  }
}
