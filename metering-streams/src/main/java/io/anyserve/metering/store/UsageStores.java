package io.anyserve.metering.store;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.metering.aggregate.AggregateKeys;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.runtime.streams.ValuePartitioner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregates in the stores of a running Kafka Streams. Thread-safe.
 *
 * @param partitions that the topic {@code usage} has
 */
public record UsageStores(KafkaStreams streams, int partitions) {

  private static final Logger log = LoggerFactory.getLogger(UsageStores.class);

  public Optional<SessionUsage> session(TenantId tenant, SessionId session) {
    return read(
        () -> {
          byte @Nullable [] found =
              store(AggregateStores.SESSIONS, tenant).get(AggregateKeys.session(tenant, session));
          return Optional.ofNullable(found).map(UsageCodec::decodeSession);
        });
  }

  public Optional<TenantUsage> tenant(TenantId tenant) {
    return read(
        () -> {
          byte @Nullable [] found =
              store(AggregateStores.TENANTS, tenant).get(AggregateKeys.tenant(tenant));
          return Optional.ofNullable(found).map(UsageAggregateCodec::decodeTenant);
        });
  }

  public List<TenantId> tenants() {
    return read(
        () -> {
          List<TenantId> tenants = new ArrayList<>();
          try (var all = streams.store(parameters(AggregateStores.TENANTS)).all()) {
            all.forEachRemaining(entry -> tenants.add(new TenantId(entry.key)));
          }
          return tenants;
        });
  }

  public void windows(
      TenantId tenant,
      WindowGranularity size,
      Instant from,
      Instant to,
      Consumer<UsageWindow> consumer) {
    String first = AggregateKeys.windowsFrom(tenant, size, from);
    String end = AggregateKeys.windowsFrom(tenant, size, to);
    read(
        () -> {
          try (var found = store(AggregateStores.WINDOWS, tenant).range(first, end)) {
            found.forEachRemaining(
                entry -> consumer.accept(UsageAggregateCodec.decodeWindow(entry.value)));
          }
          return true;
        });
  }

  public Optional<HostInfo> owner(TenantId tenant) {
    KeyQueryMetadata found =
        streams.queryMetadataForKey(
            AggregateStores.TENANTS,
            tenant.value(),
            new ValuePartitioner<>((_, all) -> TenantPartition.of(tenant, all)));
    return found == null || found.equals(KeyQueryMetadata.NOT_AVAILABLE)
        ? Optional.empty()
        : Optional.of(found.activeHost());
  }

  public Set<HostInfo> instances() {
    return streams.metadataForAllStreamsClients().stream()
        .map(StreamsMetadata::hostInfo)
        .collect(Collectors.toSet());
  }

  private ReadOnlyKeyValueStore<String, byte[]> store(String name, TenantId tenant) {
    return streams.store(parameters(name).withPartition(TenantPartition.of(tenant, partitions)));
  }

  private static StoreQueryParameters<ReadOnlyKeyValueStore<String, byte[]>> parameters(
      String name) {
    return StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore());
  }

  private static <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidStateStoreException | IllegalStateException e) {
      log.debug("no aggregates now", e);
      throw new FailureException(
          FailureCode.STORE_UNAVAILABLE,
          "usage: store not available on this instance, " + e.getMessage(),
          e);
    }
  }
}
