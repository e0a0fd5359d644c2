package io.anyserve.ingress.quota;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.PriceCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.quota.QuotaRequest;
import io.anyserve.runtime.kafka.WorkerRegistry;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the tokens of a capability may cost. One thread writes, any thread reads. */
final class PriceTable {

  private final Map<String, PriceBook> books = new ConcurrentHashMap<>();
  private final WorkerRegistry workers;

  PriceTable(WorkerRegistry workers) {
    this.workers = workers;
  }

  /** A record of the topic {@code prices}; throws MalformedRecordException as metering does. */
  void read(ConsumerRecord<byte[], byte[]> record) {
    PriceCodec.decode(record.key(), record.value())
        .ifPresentOrElse(
            book -> books.put(book.version(), book),
            () -> books.remove(PriceCodec.version(record.key())));
  }

  /**
   * The dearest of the models that answer such requests now; of all models where none is known to
   * answer them; nothing where there is no book.
   */
  Price dearest(Capability capability, Instant now) {
    return current(now).map(book -> dearest(book, capability)).orElse(QuotaRequest.FREE);
  }

  private Optional<PriceBook> current(Instant now) {
    return books.values().stream()
        .filter(book -> !book.effectiveFrom().isAfter(now))
        .max(Comparator.comparing(PriceBook::effectiveFrom).thenComparing(PriceBook::version));
  }

  private Price dearest(PriceBook book, Capability capability) {
    List<String> models =
        workers.live().stream()
            .flatMap(worker -> worker.capabilities().stream())
            .filter(offered -> offered.name().equals(capability))
            .map(CapabilityOffer::model)
            .distinct()
            .toList();
    return models.isEmpty()
        ? dearest(book.prices().values())
        : dearest(models.stream().flatMap(model -> book.price(model).stream()).toList());
  }

  private static Price dearest(Collection<Price> prices) {
    return prices.stream()
        .reduce(
            QuotaRequest.FREE,
            (one, other) ->
                new Price(
                    Math.max(one.prompt(), other.prompt()),
                    Math.max(one.completion(), other.completion()),
                    Math.max(one.cached(), other.cached()),
                    Math.max(one.request(), other.request())));
  }
}
