package io.anyserve.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The latest sums of the topics {@code usage.sessions}, {@code usage.tenants} and {@code
 * usage.windows}. A record without a value takes back what its key told. Not thread-safe.
 */
public final class PublishedAggregates {

  /**
   * One sum as told.
   *
   * @param since when its first request ended, where it says so
   */
  public record Published(NamedAmounts measures, Optional<Instant> since) {}

  private final Map<AggregateKey, Published> sums = new HashMap<>();
  private final Map<String, AggregateKey> keys = new HashMap<>();

  public Map<AggregateKey, Published> sums() {
    return sums;
  }

  public void session(ConsumerRecord<byte[], byte[]> record) {
    if (!takenBack(record)) {
      told(record, UsageCodec.decodeSession(record.value()));
    }
  }

  public void tenant(ConsumerRecord<byte[], byte[]> record) {
    if (!takenBack(record)) {
      TenantUsage usage = UsageAggregateCodec.decodeTenant(record.value());
      put(
          name(record),
          new AggregateKey.OfTenant(usage.tenant()),
          new Published(NamedAmounts.of(usage.totals()), Optional.empty()));
    }
  }

  public void window(ConsumerRecord<byte[], byte[]> record) {
    if (!takenBack(record)) {
      UsageWindow window = UsageAggregateCodec.decodeWindow(record.value());
      put(
          name(record),
          AggregateKey.OfWindow.of(window),
          new Published(NamedAmounts.of(window.totals()), Optional.of(window.start())));
    }
  }

  private void told(ConsumerRecord<byte[], byte[]> record, SessionUsage usage) {
    put(name(record), usage);
  }

  public void put(String name, SessionUsage usage) {
    put(
        name,
        new AggregateKey.OfSession(usage.tenant(), usage.session()),
        new Published(NamedAmounts.of(usage), Optional.of(usage.firstAt())));
  }

  public void put(String name, AggregateKey key, Published told) {
    keys.put(name, key);
    sums.put(key, told);
  }

  private boolean takenBack(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() != null) {
      return false;
    }
    @Nullable AggregateKey key = keys.remove(name(record));
    if (key != null) {
      sums.remove(key);
    }
    return true;
  }

  private static String name(ConsumerRecord<byte[], byte[]> record) {
    return record.topic() + "/" + new String(record.key(), UTF_8);
  }
}
