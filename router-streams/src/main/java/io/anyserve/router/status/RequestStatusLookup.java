package io.anyserve.router.status;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.recovery.TrackedRequest;
import io.anyserve.router.results.LedgerIndex;
import io.anyserve.router.results.ResultsTopology;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.SeekableLogReader;
import io.anyserve.runtime.streams.StreamsService;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** Finds requests in this router's own stores. Thread-safe; a look-up may wait for the broker. */
public final class RequestStatusLookup {

  private final InFlightIndex requests;
  private final TopicNames topics;
  private final SeekableLogReader past;
  private final InstantSource clock;
  private volatile @Nullable StreamsService results;

  public RequestStatusLookup(
      InFlightIndex requests, TopicNames topics, SeekableLogReader past, InstantSource clock) {
    this.requests = requests;
    this.topics = topics;
    this.past = past;
    this.clock = clock;
  }

  /** Looks in that application's stores from now on. */
  public void attach(StreamsService application) {
    results = application;
  }

  /** The request as its events say, while it runs and shortly after. */
  Optional<TrackedRequest> inFlight(RequestId request) {
    return requests.find(request);
  }

  /** Its entry in the ledger. Throws a KafkaException. */
  Optional<LedgerEntry> entry(RequestId request) {
    return position(request).flatMap(this::entry);
  }

  /** Whether its stores can be read. */
  boolean complete() {
    StreamsService application = results;
    return application != null && application.health().equals(Health.UP);
  }

  /** The addresses of all routers, this one among them. */
  Set<HostInfo> instances() {
    StreamsService application = results;
    return application == null ? Set.of() : application.instances();
  }

  private Optional<TopicOffset> position(RequestId request) {
    StreamsService application = results;
    return application == null
        ? Optional.empty()
        : application
            .store(ResultsTopology.LEDGER, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
            .flatMap(store -> position(store, request));
  }

  private Optional<TopicOffset> position(
      ReadOnlyKeyValueStore<Bytes, byte[]> store, RequestId request) {
    try {
      return LedgerIndex.find(store::get, topics.usage(), request, clock.instant());
    } catch (InvalidStateStoreException moved) {
      return Optional.empty();
    }
  }

  private Optional<LedgerEntry> entry(TopicOffset position) {
    var found = new AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>>();
    past.pick(
        new TopicPartition(position.topic(), position.partition()),
        List.of(position.offset()),
        found::set);
    return Optional.ofNullable(found.get()).map(record -> UsageCodec.decodeEntry(record.value()));
  }
}
